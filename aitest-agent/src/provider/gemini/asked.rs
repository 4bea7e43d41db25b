use serde_json::Value;

use crate::provider::asked::{Asked, Said, limit, list, string, tool};

/// Reads a request to `path`, which names the model.
pub(crate) fn asked(path: &str, body: &Value) -> Asked {
    let (model, method) = path.rsplit('/').next().unwrap_or_default().split_once(':').unwrap_or_default();
    let instruction = body.get("systemInstruction").or_else(|| body.get("system_instruction"));
    let system = instruction.map(texts).filter(|text| !text.is_empty());
    let declared = list(body, "tools").flat_map(|one| {
        let name =
            if one.get("functionDeclarations").is_some() { "functionDeclarations" } else { "function_declarations" };
        list(one, name)
    });
    let mut asked = Asked {
        model: model.to_owned(),
        streams: method == "streamGenerateContent",
        wants_usage: true,
        limit: limit(body, &["/generationConfig/maxOutputTokens", "/generation_config/max_output_tokens"]),
        system,
        tools: declared.map(|one| tool(one, &["parametersJsonSchema", "parameters"])).collect(),
        ..Asked::default()
    };
    for content in list(body, "contents") {
        match content.get("role").and_then(Value::as_str) {
            Some("model") => asked.said.push(Said::Assistant),
            _ => said(&mut asked.said, content),
        }
    }
    asked
}

fn said(said: &mut Vec<Said>, content: &Value) {
    said.extend(list(content, "parts").filter_map(response).map(|answer| Said::ToolResult {
        id: string(answer, "id"),
        tool: string(answer, "name"),
        text: answer.get("response").map(result).unwrap_or_default(),
        is_error: answer.pointer("/response/error").is_some(),
    }));
    let text = texts(content);
    if !text.is_empty() {
        said.push(Said::User(text));
    }
}

fn response(part: &Value) -> Option<&Value> {
    part.get("functionResponse").or_else(|| part.get("function_response"))
}

/// The result alone, where the object holds nothing else: <https://ai.google.dev/api/caching#FunctionResponse>.
fn result(response: &Value) -> String {
    let only = response.as_object().filter(|fields| fields.len() == 1).and_then(|fields| {
        ["output", "result", "error", "content"].iter().find_map(|name| fields.get(*name)?.as_str())
    });
    only.map_or_else(|| response.to_string(), str::to_owned)
}

fn texts(content: &Value) -> String {
    let texts = list(content, "parts").filter(|part| response(part).is_none()).map(|part| match part.get("text") {
        Some(Value::String(text)) => text.clone(),
        _ => format!("[{}]", part.as_object().and_then(|fields| fields.keys().next()).map_or("part", String::as_str)),
    });
    texts.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_is_read() {
        let asked = asked(
            "models/gemini-3-flash:streamGenerateContent",
            &json!({
                "systemInstruction": {"parts": [{"text": "be brief"}]},
                "generationConfig": {"maxOutputTokens": 50},
                "tools": [{"functionDeclarations": [{"name": "add", "description": "adds", "parameters": {"type": "OBJECT"}}]}],
                "contents": [
                    {"role": "user", "parts": [{"text": "2+2?"}, {"inlineData": {"mimeType": "image/png", "data": ""}}]},
                    {"role": "model", "parts": [{"functionCall": {"name": "add", "args": {}}}]},
                    {"role": "user", "parts": [
                        {"functionResponse": {"name": "add", "response": {"output": "4"}}},
                        {"functionResponse": {"id": "g1", "name": "sub", "response": {"error": "no"}}},
                        {"functionResponse": {"name": "mul", "response": {"a": 1, "b": 2}}},
                    ]},
                ],
            }),
        );
        let result = |id: &str, tool: &str, text: &str, is_error| Said::ToolResult {
            id: id.into(),
            tool: tool.into(),
            text: text.into(),
            is_error,
        };
        let expected = [
            Said::User("2+2?\n[inlineData]".into()),
            Said::Assistant,
            result("", "add", "4", false),
            result("g1", "sub", "no", true),
            result("", "mul", r#"{"a":1,"b":2}"#, false),
        ];
        assert_eq!(asked.said, expected);
        assert_eq!((asked.model.as_str(), asked.streams, asked.limit), ("gemini-3-flash", true, Some(50)));
        assert_eq!((asked.system.as_deref(), asked.tools[0].name.as_str()), (Some("be brief"), "add"));
    }
}
