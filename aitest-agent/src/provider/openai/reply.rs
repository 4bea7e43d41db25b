use aitest_runtime::host::TokenUsage;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::provider::{AssistantMessage, ChatReply, ToolCallRequest};

/// Why a successful answer is no reply.
#[derive(Debug)]
pub(crate) enum ReplyFault {
    /// It is not JSON, or not this JSON.
    Malformed(serde_json::Error),
    /// It is an error, whatever the status says.
    Error,
    /// It holds no answer.
    NoChoices,
}

/// Reads a chat completion. Fields that a server leaves out, or fills in its own way, are `None`.
pub(crate) fn parse(body: &[u8]) -> Result<ChatReply, ReplyFault> {
    let completion: Completion<'_> = serde_json::from_slice(body).map_err(ReplyFault::Malformed)?;
    let choice = completion.choices.unwrap_or_default().into_iter().next();
    let Some((choice, raw)) = choice.and_then(|choice| Some((choice.finish_reason, choice.message?))) else {
        return Err(if completion.error.is_some() { ReplyFault::Error } else { ReplyFault::NoChoices });
    };
    let message: WireMessage<'_> = serde_json::from_str(raw.get()).map_err(ReplyFault::Malformed)?;
    let mut calls = Vec::with_capacity(message.tool_calls.as_ref().map_or(0, Vec::len));
    for call in message.tool_calls.unwrap_or_default() {
        calls.push(call.request(calls.len()));
    }
    Ok(ChatReply {
        message: AssistantMessage {
            text: message.content.as_ref().map(text).unwrap_or_default(),
            tool_calls: calls,
            raw: Some(raw.to_owned()),
        },
        finish_reason: choice,
        refusal: message.refusal.filter(|refusal| !refusal.is_empty()),
        usage: completion.usage.as_ref().and_then(usage),
        served_model: completion.model,
        request_id: None,
    })
}

#[derive(Deserialize)]
struct Completion<'a> {
    #[serde(borrow)]
    choices: Option<Vec<Choice<'a>>>,
    model: Option<String>,
    usage: Option<Value>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct WireMessage<'a> {
    content: Option<Value>,
    refusal: Option<String>,
    #[serde(borrow)]
    tool_calls: Option<Vec<WireCall<'a>>>,
}

#[derive(Deserialize)]
struct WireCall<'a> {
    id: Option<String>,
    #[serde(borrow)]
    function: WireFunction<'a>,
}

#[derive(Deserialize)]
struct WireFunction<'a> {
    name: Option<String>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

impl WireCall<'_> {
    /// Some servers leave out the id, and some write the arguments as an object instead of its text.
    fn request(self, place: usize) -> ToolCallRequest {
        let arguments = self.function.arguments.map_or_else(String::new, |raw| {
            serde_json::from_str::<String>(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
        });
        let id = self.id.filter(|id| !id.is_empty()).unwrap_or_else(|| format!("call_{place}"));
        ToolCallRequest { id, tool: self.function.name.unwrap_or_default(), arguments }
    }
}

/// A text, or the texts among the parts.
fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part.get("text")?.as_str()).collect(),
        _ => String::new(),
    }
}

/// What was not reported is `None`, and 0 is 0.
fn usage(usage: &Value) -> Option<TokenUsage> {
    let mut tokens = TokenUsage::default();
    tokens.input_tokens = usage.get("prompt_tokens").and_then(Value::as_u64);
    tokens.output_tokens = usage.get("completion_tokens").and_then(Value::as_u64);
    tokens.cache_read_input_tokens = usage.pointer("/prompt_tokens_details/cached_tokens").and_then(Value::as_u64);
    tokens.reasoning_output_tokens =
        usage.pointer("/completion_tokens_details/reasoning_tokens").and_then(Value::as_u64);
    (tokens != TokenUsage::default()).then_some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(body: &str) -> ChatReply {
        parse(body.as_bytes()).unwrap()
    }

    #[test]
    fn malformed_arguments_stay_as_they_are() {
        let message = r#"{"role":"assistant","content":null,"zeta":1.50,"alpha":[],"tool_calls":[{"id":"c1","type":"function","function":{"name":"add","arguments":"{\"a\":2,"}}]}"#;
        let reply = reply(&format!(
            r#"{{"model":"m-1","choices":[{{"message":{message},"finish_reason":"tool_calls"}}],"usage":{{"prompt_tokens":100,"completion_tokens":0,"prompt_tokens_details":{{"cached_tokens":64}},"completion_tokens_details":null}}}}"#
        ));
        assert_eq!(reply.message.tool_calls, [ToolCallRequest::new("c1", "add", "{\"a\":2,")]);
        assert_eq!(reply.message.raw.unwrap().get(), message, "replayed byte for byte");
        assert_eq!(reply.served_model.as_deref(), Some("m-1"));
        assert_eq!(reply.finish_reason.as_deref(), Some("tool_calls"));
        let usage = reply.usage.unwrap();
        assert_eq!(usage.output_tokens, Some(0), "reported as zero");
        assert_eq!(usage.cache_read_input_tokens, Some(64));
        assert_eq!(usage.reasoning_output_tokens, None, "not reported");
    }

    #[test]
    fn other_servers_dialects() {
        let reply = reply(
            r#"{"choices":[{"message":{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"hi"}],"tool_calls":[{"function":{"name":"a","arguments":{"x":1}}},{"id":"","function":{"name":"b"}}]}}],"usage":{}}"#,
        );
        assert_eq!(reply.message.text, "hi");
        assert_eq!(reply.message.tool_calls[0], ToolCallRequest::new("call_0", "a", r#"{"x":1}"#));
        assert_eq!(reply.message.tool_calls[1], ToolCallRequest::new("call_1", "b", ""));
        assert_eq!((reply.usage, reply.finish_reason), (None, None));
    }

    #[test]
    fn what_is_no_reply() {
        assert!(matches!(parse(b"<html>"), Err(ReplyFault::Malformed(_))));
        assert!(matches!(parse(br#"{"choices":[]}"#), Err(ReplyFault::NoChoices)));
        assert!(matches!(parse(b"{}"), Err(ReplyFault::NoChoices)));
        assert!(matches!(parse(br#"{"choices":[{}]}"#), Err(ReplyFault::NoChoices)));
        assert!(matches!(parse(br#"{"error":{"message":"x"}}"#), Err(ReplyFault::Error)));
        assert!(matches!(parse(br#"{"choices":[{"message":7}]}"#), Err(ReplyFault::Malformed(_))));
    }
}
