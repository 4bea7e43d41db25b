use serde_json::Value;

use crate::provider::asked::{Asked, Said, limit, list, string, texts, tool};

/// Reads a request for a message.
pub(crate) fn asked(body: &Value) -> Asked {
    let system = texts(body.get("system"));
    let mut asked = Asked {
        model: string(body, "model"),
        streams: body.get("stream").and_then(Value::as_bool) == Some(true),
        wants_usage: true,
        limit: limit(body, &["/max_tokens"]),
        system: (!system.is_empty()).then_some(system),
        tools: list(body, "tools").map(|one| tool(one, &["input_schema"])).collect(),
        ..Asked::default()
    };
    for message in list(body, "messages") {
        match message.get("role").and_then(Value::as_str) {
            Some("assistant") => asked.said.push(Said::Assistant),
            _ => said(&mut asked.said, message.get("content")),
        }
    }
    asked
}

/// Results of tools stand among the parts of a user's message.
fn said(said: &mut Vec<Said>, content: Option<&Value>) {
    let Some(Value::Array(blocks)) = content else { return said.push(Said::User(texts(content))) };
    let is_result = |block: &&Value| block.get("type").and_then(Value::as_str) == Some("tool_result");
    let results = blocks.iter().filter(is_result).map(|block| Said::ToolResult {
        id: string(block, "tool_use_id"),
        tool: String::new(),
        text: texts(block.get("content")),
        is_error: block.get("is_error").and_then(Value::as_bool) == Some(true),
    });
    said.extend(results);
    let rest: Vec<Value> = blocks.iter().filter(|block| !is_result(block)).cloned().collect();
    if !rest.is_empty() {
        said.push(Said::User(texts(Some(&Value::Array(rest)))));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_is_read() {
        let asked = asked(&json!({
            "model": "claude-haiku-4-5", "max_tokens": 300, "stream": true,
            "system": [{"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral"}}],
            "tools": [{"name": "add", "description": "adds", "input_schema": {"type": "object"}}],
            "messages": [
                {"role": "user", "content": "2+2?"},
                {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "add", "input": {}}]},
                {"role": "user", "content": [
                    {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "broken"}], "is_error": true},
                    {"type": "text", "text": "go on"},
                ]},
            ],
        }));
        let result = Said::ToolResult { id: "t1".into(), tool: String::new(), text: "broken".into(), is_error: true };
        assert_eq!(asked.said, [Said::User("2+2?".into()), Said::Assistant, result, Said::User("go on".into())]);
        assert_eq!((asked.system.as_deref(), asked.limit, asked.wants_usage), (Some("be brief"), Some(300), true));
        assert_eq!(
            (asked.tools[0].description.as_str(), asked.tools[0].schema.as_str()),
            ("adds", r#"{"type":"object"}"#)
        );
    }
}
