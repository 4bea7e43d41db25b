//! OpenAI's responses: <https://platform.openai.com/docs/api-reference/responses>.

use aitest_runtime::host::TokenUsage;
use serde_json::Value;

use crate::provider::asked::{Asked, Said, limit, list, string, texts, tool};
use crate::provider::format::Assembly;
use crate::provider::wire::ReplyFault;
use crate::provider::{AssistantMessage, ChatReply, ToolCallRequest};

/// Reads a request for a response.
pub(crate) fn asked(body: &Value) -> Asked {
    let functions = list(body, "tools").filter(|one| one.get("type").and_then(Value::as_str) == Some("function"));
    let mut asked = Asked {
        model: string(body, "model"),
        streams: body.get("stream").and_then(Value::as_bool) == Some(true),
        wants_usage: true,
        limit: limit(body, &["/max_output_tokens"]),
        tools: functions.map(|one| tool(one, &["parameters"])).collect(),
        previous: Some(string(body, "previous_response_id")).filter(|id| !id.is_empty()),
        ..Asked::default()
    };
    let mut system = vec![string(body, "instructions")];
    if let Some(Value::String(text)) = body.get("input") {
        asked.said.push(Said::User(text.clone()));
    }
    for item in list(body, "input") {
        let kind = item.get("type").and_then(Value::as_str).unwrap_or("message");
        match (kind, item.get("role").and_then(Value::as_str)) {
            ("message", Some("system" | "developer")) => system.push(texts(item.get("content"))),
            ("message", Some("user")) => asked.said.push(Said::User(texts(item.get("content")))),
            ("function_call_output", _) => asked.said.push(Said::ToolResult {
                id: string(item, "call_id"),
                tool: String::new(),
                text: texts(item.get("output")),
                is_error: false,
            }),
            _ => asked.said.push(Said::Assistant),
        }
    }
    system.retain(|text| !text.is_empty());
    asked.system = (!system.is_empty()).then(|| system.join("\n\n"));
    asked
}

/// Reads a whole response.
pub(crate) fn parse(body: &[u8]) -> Result<ChatReply, ReplyFault> {
    reply(&serde_json::from_slice(body)?)
}

fn reply(response: &Value) -> Result<ChatReply, ReplyFault> {
    if response.get("error").is_some_and(|error| !error.is_null()) {
        return Err(ReplyFault::Error);
    }
    let output = response.get("output").and_then(Value::as_array).ok_or(ReplyFault::Empty("output"))?;
    let mut message = AssistantMessage::default();
    let (mut thoughts, mut refusal) = (String::new(), String::new());
    for item in output {
        match item.get("type").and_then(Value::as_str) {
            Some("message") => {
                message.text.extend(list(item, "content").map(|part| string(part, "text")));
                refusal.extend(list(item, "content").map(|part| string(part, "refusal")));
            }
            Some("function_call") => {
                let [id, name, arguments] = ["call_id", "name", "arguments"].map(|field| string(item, field));
                message.tool_calls.push(ToolCallRequest::new(id, name, arguments));
            }
            Some("reasoning") => thoughts.extend(list(item, "summary").map(|part| string(part, "text"))),
            _ => {}
        }
    }
    message.reasoning = Some(thoughts).filter(|thoughts| !thoughts.is_empty());
    let cut = response.pointer("/incomplete_details/reason").or_else(|| response.get("status"));
    Ok(ChatReply {
        message,
        finish_reason: cut.and_then(Value::as_str).map(str::to_owned),
        refusal: Some(refusal).filter(|refusal| !refusal.is_empty()),
        usage: response.get("usage").and_then(usage),
        served_model: Some(string(response, "model")).filter(|model| !model.is_empty()),
        request_id: Some(string(response, "id")).filter(|id| !id.is_empty()),
        ..ChatReply::default()
    })
}

fn usage(usage: &Value) -> Option<TokenUsage> {
    let count = |place: &str| usage.pointer(place).and_then(Value::as_u64);
    let mut tokens = TokenUsage::default();
    tokens.input_tokens = count("/input_tokens");
    tokens.output_tokens = count("/output_tokens");
    tokens.cache_read_input_tokens = count("/input_tokens_details/cached_tokens");
    tokens.reasoning_output_tokens = count("/output_tokens_details/reasoning_tokens");
    (tokens != TokenUsage::default()).then_some(tokens)
}

/// A streamed response, whose last event holds it whole:
/// <https://platform.openai.com/docs/api-reference/responses-streaming>.
#[derive(Default)]
pub(crate) struct Stream {
    whole: Option<ChatReply>,
    /// The text so far, for a stream that is cut.
    text: String,
}

impl Assembly for Stream {
    fn event(&mut self, data: &str) -> Result<(), ReplyFault> {
        let event: Value = serde_json::from_str(data)?;
        match event.get("type").and_then(Value::as_str) {
            Some("response.completed" | "response.incomplete" | "response.failed") => {
                self.whole = Some(reply(event.get("response").unwrap_or(&Value::Null))?);
            }
            Some("response.output_text.delta") => self.text += &string(&event, "delta"),
            Some("error") => return Err(ReplyFault::Error),
            _ => {}
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.whole.is_some()
    }

    fn is_whole(&self) -> bool {
        self.whole.is_some()
    }

    fn reply(self: Box<Self>) -> ChatReply {
        let Stream { whole, text } = *self;
        whole.unwrap_or_else(|| ChatReply::new(AssistantMessage::text(text)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn response() -> Value {
        json!({
            "id": "resp_1", "model": "gpt-5-mini-2025-08-07", "status": "completed", "error": null,
            "incomplete_details": null,
            "output": [
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "I look."}]},
                {"type": "function_call", "call_id": "c1", "name": "add", "arguments": "{\"a\":"},
            ],
            "usage": {
                "input_tokens": 9, "output_tokens": 7,
                "input_tokens_details": {"cached_tokens": 4}, "output_tokens_details": {"reasoning_tokens": 0},
            },
        })
    }

    #[test]
    fn a_request_is_read() {
        let read = asked(&json!({
            "model": "gpt-5-mini", "instructions": "be brief", "previous_response_id": "resp_0",
            "tools": [{"type": "function", "name": "add", "parameters": {}}, {"type": "web_search"}],
            "input": [
                {"role": "developer", "content": "and kind"},
                {"role": "user", "content": [{"type": "input_text", "text": "2+2?"}]},
                {"type": "function_call", "call_id": "c1", "name": "add", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "c1", "output": "4"},
            ],
        }));
        let result = Said::ToolResult { id: "c1".into(), tool: String::new(), text: "4".into(), is_error: false };
        assert_eq!(read.said, [Said::User("2+2?".into()), Said::Assistant, result]);
        assert_eq!((read.system.as_deref(), read.previous.as_deref()), (Some("be brief\n\nand kind"), Some("resp_0")));
        assert_eq!((read.tools.len(), read.tools[0].name.as_str()), (1, "add"));
        assert_eq!(asked(&json!({"model": "m", "input": "hi"})).said, [Said::User("hi".into())]);
    }

    #[test]
    fn a_response_is_read_whole_and_streamed() {
        let whole = parse(response().to_string().as_bytes()).unwrap();
        assert_eq!((whole.message.text.as_str(), whole.message.reasoning.as_deref()), ("I look.", Some("hm")));
        assert_eq!(whole.message.tool_calls, [ToolCallRequest::new("c1", "add", "{\"a\":")]);
        let usage = whole.usage.unwrap();
        assert_eq!((usage.cache_read_input_tokens, usage.reasoning_output_tokens), (Some(4), Some(0)));
        assert_eq!(whole.finish_reason.as_deref(), Some("completed"));
        let mut stream = Box::<Stream>::default();
        stream.event(r#"{"type":"response.output_text.delta","delta":"I lo"}"#).unwrap();
        assert!(!stream.is_whole());
        stream.event(&json!({"type": "response.completed", "response": response()}).to_string()).unwrap();
        assert!(stream.is_done());
        assert_eq!(format!("{:?}", stream.reply()), format!("{whole:?}"));
    }

    #[test]
    fn what_is_no_response() {
        assert!(matches!(parse(b"{}"), Err(ReplyFault::Empty("output"))));
        assert!(matches!(parse(br#"{"error":{"code":"server_error"}}"#), Err(ReplyFault::Error)));
        let mut stream = Box::<Stream>::default();
        assert!(matches!(stream.event(r#"{"type":"error","message":"x"}"#), Err(ReplyFault::Error)));
        assert!(matches!(stream.event("{"), Err(ReplyFault::Malformed(_))));
        stream.event(r#"{"type":"response.output_text.delta","delta":"I lo"}"#).unwrap();
        assert_eq!(stream.reply().message.text, "I lo", "what a cut stream said");
    }
}
