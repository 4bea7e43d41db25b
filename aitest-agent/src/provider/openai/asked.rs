use serde_json::Value;

use crate::provider::asked::{Asked, Said, limit, list, string, texts, tool};

/// Reads a request for a chat completion.
pub(crate) fn asked(body: &Value) -> Asked {
    let streams = body.get("stream").and_then(Value::as_bool) == Some(true);
    let include_usage = body.pointer("/stream_options/include_usage").and_then(Value::as_bool);
    let mut asked = Asked {
        model: string(body, "model"),
        streams,
        wants_usage: !streams || include_usage == Some(true),
        limit: limit(body, &["/max_completion_tokens", "/max_tokens"]),
        tools: list(body, "tools").filter_map(|one| Some(tool(one.get("function")?, &["parameters"]))).collect(),
        ..Asked::default()
    };
    let mut system = Vec::new();
    for message in list(body, "messages") {
        let text = texts(message.get("content"));
        match message.get("role").and_then(Value::as_str) {
            Some("system" | "developer") => system.push(text),
            Some("assistant") => asked.said.push(Said::Assistant),
            Some("tool" | "function") => asked.said.push(Said::ToolResult {
                id: string(message, "tool_call_id"),
                tool: string(message, "name"),
                text,
                is_error: false,
            }),
            _ => asked.said.push(Said::User(text)),
        }
    }
    asked.system = (!system.is_empty()).then(|| system.join("\n\n"));
    asked
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_is_read() {
        let asked = asked(&json!({
            "model": "gpt-5-mini", "stream": true, "stream_options": {"include_usage": true},
            "max_completion_tokens": 99,
            "tools": [{"type": "function", "function": {"name": "add", "description": "adds", "parameters": {"a": 1}}}],
            "messages": [
                {"role": "developer", "content": "be brief"},
                {"role": "user", "content": [{"type": "text", "text": "2+2?"}, {"type": "image_url", "image_url": {}}]},
                {"role": "assistant", "content": null, "tool_calls": [{"id": "c1"}]},
                {"role": "tool", "tool_call_id": "c1", "content": "4"},
            ],
        }));
        assert_eq!((asked.model.as_str(), asked.system.as_deref()), ("gpt-5-mini", Some("be brief")));
        assert_eq!((asked.streams, asked.wants_usage, asked.limit), (true, true, Some(99)));
        let result = Said::ToolResult { id: "c1".into(), tool: String::new(), text: "4".into(), is_error: false };
        assert_eq!(asked.said, [Said::User("2+2?\n[image_url]".into()), Said::Assistant, result]);
        assert_eq!((asked.tools[0].name.as_str(), asked.tools[0].schema.as_str()), ("add", r#"{"a":1}"#));
    }

    #[test]
    fn a_stream_tells_its_tokens_when_asked_alone() {
        assert!(asked(&json!({"model": "m"})).wants_usage);
        assert!(!asked(&json!({"model": "m", "stream": true})).wants_usage);
    }
}
