use aitest_runtime::host::TokenUsage;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::provider::wire::ReplyFault;
use crate::provider::{AssistantMessage, ChatReply, ToolCallRequest};

/// Reads a response.
pub(crate) fn parse(body: &[u8]) -> Result<ChatReply, ReplyFault> {
    let response: Response<'_> = serde_json::from_slice(body)?;
    let Some(candidate) = response.candidates.unwrap_or_default().into_iter().next() else {
        return Err(match response.prompt_feedback.and_then(|feedback| feedback.block_reason) {
            Some(reason) => ReplyFault::Blocked(reason),
            None if response.error.is_some() => ReplyFault::Error,
            None => ReplyFault::Empty("candidates"),
        });
    };
    let finish = candidate.finish_reason.unwrap_or_default();
    let mut message = match candidate.content {
        Some(raw) => read(raw)?,
        None => AssistantMessage::default(),
    };
    if is_unreadable_call(&finish) {
        let text = candidate.finish_message.unwrap_or_else(|| finish.clone());
        message = AssistantMessage::default().with_tool_call(ToolCallRequest::unreadable(text));
    }
    if message.raw.is_none() && message.tool_calls.is_empty() && is_broken_off(&finish) {
        return Err(ReplyFault::Cut(finish));
    }
    Ok(ChatReply {
        message,
        finish_reason: Some(finish).filter(|finish| !finish.is_empty()),
        usage: response.usage_metadata.as_ref().and_then(usage),
        served_model: response.model_version,
        request_id: response.response_id,
        ..ChatReply::default()
    })
}

/// The model called a tool in a way that Gemini itself could not read:
/// <https://ai.google.dev/api/generate-content#FinishReason>.
fn is_unreadable_call(finish: &str) -> bool {
    matches!(finish, "MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL")
}

fn is_broken_off(finish: &str) -> bool {
    matches!(finish, "OTHER" | "FINISH_REASON_UNSPECIFIED" | "MALFORMED_RESPONSE")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    #[serde(borrow)]
    candidates: Option<Vec<Candidate<'a>>>,
    prompt_feedback: Option<PromptFeedback>,
    usage_metadata: Option<Value>,
    model_version: Option<String>,
    response_id: Option<String>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    finish_reason: Option<String>,
    finish_message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PromptFeedback {
    block_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    parts: Option<Vec<Part<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    text: Option<String>,
    #[serde(default)]
    thought: bool,
    #[serde(borrow)]
    function_call: Option<FunctionCall<'a>>,
}

#[derive(Deserialize)]
struct FunctionCall<'a> {
    id: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
}

/// The content as it came: its parts may be signed, and go back unchanged.
fn read(raw: &RawValue) -> serde_json::Result<AssistantMessage> {
    let content: Content<'_> = serde_json::from_str(raw.get())?;
    let parts = content.parts.unwrap_or_default();
    let raw = (!parts.is_empty()).then(|| raw.to_owned());
    let mut message = AssistantMessage { raw, ..AssistantMessage::default() };
    let mut thoughts = String::new();
    for part in parts {
        let text = part.text.unwrap_or_default();
        if part.thought { &mut thoughts } else { &mut message.text }.push_str(&text);
        if let Some(call) = part.function_call {
            let id = call.id.filter(|id| !id.is_empty());
            let id = id.unwrap_or_else(|| ToolCallRequest::own_id(message.tool_calls.len()));
            let arguments = call.args.map(RawValue::get).unwrap_or_default();
            message.tool_calls.push(ToolCallRequest::new(id, call.name, arguments));
        }
    }
    message.reasoning = Some(thoughts).filter(|thoughts| !thoughts.is_empty());
    Ok(message)
}

/// Gemini counts thoughts beside the candidates, and the prompts of its own tools beside the prompt:
/// <https://ai.google.dev/api/generate-content#UsageMetadata>. A count of 0 is left out by its servers.
fn usage(usage: &Value) -> Option<TokenUsage> {
    let count = |field: &str| usage.get(field).and_then(Value::as_u64);
    let sum = |first: &str, second: &str| match (count(first), count(second)) {
        (None, None) => None,
        (first, second) => Some(first.unwrap_or(0).saturating_add(second.unwrap_or(0))),
    };
    let mut tokens = TokenUsage::default();
    tokens.input_tokens = sum("promptTokenCount", "toolUsePromptTokenCount");
    tokens.output_tokens = sum("candidatesTokenCount", "thoughtsTokenCount");
    tokens.cache_read_input_tokens = count("cachedContentTokenCount");
    tokens.reasoning_output_tokens = count("thoughtsTokenCount");
    (tokens != TokenUsage::default()).then_some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(body: &str) -> ChatReply {
        parse(body.as_bytes()).unwrap()
    }

    #[test]
    fn thoughts_are_part_of_the_output() {
        let fields = serde_json::json!({
            "promptTokenCount": 100, "candidatesTokenCount": 20, "thoughtsTokenCount": 300,
            "cachedContentTokenCount": 64, "totalTokenCount": 420,
        });
        let tokens = usage(&fields).unwrap();
        assert_eq!((tokens.input_tokens, tokens.output_tokens), (Some(100), Some(320)));
        assert_eq!((tokens.cache_read_input_tokens, tokens.reasoning_output_tokens), (Some(64), Some(300)));
        assert_eq!(usage(&serde_json::json!({})), None);
    }

    #[test]
    fn a_call_that_gemini_cannot_read_is_a_call() {
        let body = r#"{"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"Malformed function call: print(add(2,"}]}"#;
        let reply = reply(body);
        assert_eq!(reply.message.tool_calls[0].arguments, "Malformed function call: print(add(2,");
        assert!(reply.message.raw.is_none(), "nothing of it can go back");
    }

    #[test]
    fn thoughts_are_kept_apart() {
        let body = r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"hm","thought":true},{"text":"4"}]},"finishReason":"STOP"}]}"#;
        let reply = reply(body);
        assert_eq!((&*reply.message.text, reply.message.reasoning.as_deref()), ("4", Some("hm")));
    }

    #[test]
    fn what_is_no_reply() {
        assert!(matches!(parse(b"<html>"), Err(ReplyFault::Malformed(_))));
        assert!(matches!(parse(b"{}"), Err(ReplyFault::Empty(_))));
        let blocked = br#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}"#;
        assert!(matches!(parse(blocked), Err(ReplyFault::Blocked(reason)) if reason == "PROHIBITED_CONTENT"));
        assert!(matches!(parse(br#"{"error":{"code":503}}"#), Err(ReplyFault::Error)));
        assert!(matches!(parse(br#"{"candidates":[{"finishReason":"OTHER"}]}"#), Err(ReplyFault::Cut(_))));
        assert!(parse(br#"{"candidates":[{"finishReason":"STOP"}]}"#).is_ok(), "an empty answer");
    }
}
