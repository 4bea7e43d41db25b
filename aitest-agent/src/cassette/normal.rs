use std::collections::HashMap;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::{Map, Value};

use super::keep::Kept;

/// What varies from run to run and means nothing: UUIDs, times of RFC 3339, ports of this machine.
static VARYING: LazyLock<[(Regex, &str); 3]> = LazyLock::new(|| {
    let regex = |pattern| Regex::new(pattern).unwrap_or_else(|error| unreachable!("{pattern}: {error}"));
    [
        (regex(r"(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<uuid>"),
        (regex(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?"), "<time>"),
        (regex(r"\b(127\.0\.0\.1|localhost|\[::1\]):\d{2,5}\b"), "<loopback>"),
    ]
});

/// Fields that hold the id of a tool call, in any provider's format.
const CALL_IDS: [&str; 3] = ["tool_call_id", "tool_use_id", "call_id"];
/// The types of the objects that a call is.
const CALLS: [&str; 3] = ["function", "tool_use", "function_call"];

/// The form in which requests are compared, a line for each value: keys in the alphabet's order, without seeds, with a
/// placeholder for what varies. Ids of tool calls are numbered in the order in which they appear.
pub(super) fn normal(kept: &Kept) -> String {
    match &kept.json {
        Some(json) => normal_json(json.get()),
        None => match kept.bytes() {
            Ok(bytes) => without_varying(&String::from_utf8_lossy(&bytes)),
            Err(_) => String::new(),
        },
    }
}

fn normal_json(json: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(json) else { return String::new() };
    if let Some(fields) = value.as_object_mut() {
        fields.remove("seed");
        if let Some(Value::Object(config)) = fields.get_mut("generationConfig") {
            config.remove("seed");
        }
    }
    let value = Ids::default().replaced(value);
    super::json::pretty(&value.to_string())
}

/// The ids of tool calls that were seen so far.
#[derive(Default)]
struct Ids(HashMap<String, usize>);

impl Ids {
    fn replaced(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(without_varying(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.replaced(item)).collect(),
            Value::Object(fields) => self.fields(fields),
            other => other,
        }
    }

    fn fields(&mut self, fields: Map<String, Value>) -> Value {
        let is_call = fields.get("type").and_then(Value::as_str).is_some_and(|kind| CALLS.contains(&kind));
        let mut fields: Vec<(String, Value)> = fields.into_iter().collect();
        // Whether a map keeps the order of its keys is up to the features of a whole build.
        fields.sort_by(|(a, _), (b, _)| a.cmp(b));
        let fields = fields.into_iter().map(|(name, value)| {
            let is_id = CALL_IDS.contains(&name.as_str()) || is_call && name == "id";
            let value = match value {
                Value::String(id) if is_id => Value::String(self.id(id)),
                other => self.replaced(other),
            };
            (name, value)
        });
        Value::Object(fields.collect())
    }

    fn id(&mut self, id: String) -> String {
        let next = self.0.len() + 1;
        format!("<call {}>", self.0.entry(id).or_insert(next))
    }
}

fn without_varying(text: &str) -> String {
    VARYING.iter().fold(text.to_owned(), |text, (pattern, placeholder)| match pattern.is_match(&text) {
        true => pattern.replace_all(&text, *placeholder).into_owned(),
        false => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> String {
        normal(&Kept::of(json.as_bytes()))
    }

    #[test]
    fn order_white_space_and_seeds_mean_nothing() {
        assert_eq!(of(r#"{"b":[1],"a":2,"seed":7}"#), of("{ \"a\": 2, \"b\": [ 1 ] }"));
        assert_eq!(
            of(r#"{"generationConfig":{"seed":1,"topP":1}}"#),
            of(r#"{"generationConfig":{"topP":1,"seed":2}}"#)
        );
        assert_ne!(of(r#"{"b":[1,2]}"#), of(r#"{"b":[2,1]}"#), "the order of a list means something");
    }

    #[test]
    fn what_varies_has_a_placeholder() {
        let text =
            r#"{"text":"order 0b9d3c1e-8f3a-4f0e-9d59-1c2b3a4d5e6f at 2026-11-25T21:13:18.5Z from 127.0.0.1:40123"}"#;
        assert_eq!(of(text), "{\n  \"text\": \"order <uuid> at <time> from <loopback>\"\n}\n");
        for kept in ["2026-11-25", "version 1.2.3", "10.0.0.1:8080", "deadbeef"] {
            assert!(of(&format!("[{kept:?}]")).contains(kept), "{kept}");
        }
    }

    #[test]
    fn calls_are_numbered_as_they_appear() {
        let talk = |a: &str, b: &str, first: &str| {
            of(&format!(
                r#"{{"messages":[{{"tool_calls":[{{"type":"function","id":"{a}"}},{{"type":"function","id":"{b}"}}]}},{{"tool_call_id":"{first}"}}]}}"#
            ))
        };
        assert_eq!(talk("call_1", "call_2", "call_1"), talk("x", "y", "x"));
        assert_ne!(talk("call_1", "call_2", "call_1"), talk("x", "y", "y"), "the other call's result");
        assert_ne!(of(r#"{"input":{"id":"a"}}"#), of(r#"{"input":{"id":"b"}}"#), "an argument is no id of a call");
    }
}
