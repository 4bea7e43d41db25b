use serde_json::{Number, Value};

/// Whether `actual` holds all that `expected` says. Objects may hold more, at any depth.
pub(crate) fn contains(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(actual), Value::Object(expected)) => {
            expected.iter().all(|(key, expected)| actual.get(key).is_some_and(|actual| contains(actual, expected)))
        }
        (Value::Array(actual), Value::Array(expected)) => {
            actual.len() == expected.len() && actual.iter().zip(expected).all(|(a, e)| contains(a, e))
        }
        (Value::Number(actual), Value::Number(expected)) => equal(actual, expected),
        (actual, expected) => actual == expected,
    }
}

/// Integers are compared exactly, anything else as floating point.
fn equal(a: &Number, b: &Number) -> bool {
    a == b || (a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_may_hold_more_and_nothing_else_may() {
        for (actual, expected, holds) in [
            (json!({"a": 1, "b": 2}), json!({"a": 1}), true),
            (json!({"a": 1}), json!({"a": 1, "b": 2}), false),
            (json!({"a": {"b": [1, {"c": 2, "d": 3}]}}), json!({"a": {"b": [1.0, {"c": 2}]}}), true),
            (json!([1, 2]), json!([1]), false),
            (json!({"a": null}), json!({"a": null}), true),
            (json!({}), json!({"a": null}), false),
            (json!("1"), json!(1), false),
            (json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64), false),
            (json!(0.1), json!(0.1), true),
        ] {
            assert_eq!(contains(&actual, &expected), holds, "{actual} ⊇ {expected}");
        }
    }
}
