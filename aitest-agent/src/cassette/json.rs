//! JSON text whose white space alone is changed: what a provider sent stays as it wrote it, key by key and digit by
//! digit.

use serde_json::value::RawValue;

/// `text` without white space between its tokens; `None` for what is no JSON.
pub(super) fn compact(text: &str) -> Option<String> {
    let value: &RawValue = serde_json::from_str(text).ok()?;
    Some(tokens(value.get(), &mut |_, _| {}))
}

/// `text`, which is JSON, with a line for each value.
pub(super) fn pretty(text: &str) -> String {
    let mut depth = 0;
    let mut out = tokens(text, &mut |out, step| match step {
        Step::Open => {
            depth += 1;
            line(out, depth);
        }
        Step::Close => {
            depth -= 1;
            line(out, depth);
        }
        Step::Comma => line(out, depth),
        Step::Colon => out.push(' '),
    });
    out.push('\n');
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    (0..depth).for_each(|_| out.push_str("  "));
}

/// Where white space may be put.
enum Step {
    /// Behind a bracket, unless it is closed at once.
    Open,
    /// Before a closing bracket, unless it was opened at once.
    Close,
    Comma,
    Colon,
}

/// Copies the tokens of `text`, and asks `space` for what is put between them.
fn tokens(text: &str, space: &mut dyn FnMut(&mut String, Step)) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped, mut opened) = (false, false, false);
    for c in text.chars() {
        if in_string {
            in_string = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
            out.push(c);
            continue;
        }
        if matches!(c, ' ' | '\t' | '\n' | '\r') {
            continue;
        }
        let closes = matches!(c, '}' | ']');
        match (std::mem::take(&mut opened), closes) {
            (true, false) => space(&mut out, Step::Open),
            (false, true) => space(&mut out, Step::Close),
            _ => {}
        }
        out.push(c);
        match c {
            '"' => in_string = true,
            '{' | '[' => opened = true,
            ',' => space(&mut out, Step::Comma),
            ':' => space(&mut out, Step::Colon),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn white_space_alone_is_changed() {
        let sent = " {\"b\" : 1.0e+02,\n\t\"a\":[ ] ,\"s\":\"x : {\\\" , }\", \"n\":[1, {}, null]}\r\n";
        let compacted = compact(sent).unwrap();
        assert_eq!(compacted, r#"{"b":1.0e+02,"a":[],"s":"x : {\" , }","n":[1,{},null]}"#);
        let expected = "{\n  \"b\": 1.0e+02,\n  \"a\": [],\n  \"s\": \"x : {\\\" , }\",\n  \"n\": [\n    1,\n    {},\n    null\n  ]\n}\n";
        assert_eq!(pretty(&compacted), expected);
        assert_eq!(compact(&pretty(sent)).as_deref(), Some(&*compacted));
    }

    #[test]
    fn what_is_no_json_is_none() {
        for text in ["", "<html>", "{\"a\":1", "{} {}", "data: {}\n\n"] {
            assert_eq!(compact(text), None, "{text}");
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
            any::<bool>().prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".*", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect()))
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_survives(value in json()) {
            let text = value.to_string();
            prop_assert_eq!(compact(&pretty(&text)), Some(text.clone()));
            prop_assert_eq!(serde_json::from_str::<Value>(&pretty(&text)).unwrap(), value);
        }
    }
}
