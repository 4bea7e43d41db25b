use aitest_runtime::host::TokenUsage;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::provider::wire::ReplyFault;
use crate::provider::{AssistantMessage, ChatReply, ToolCallRequest};

/// Reads a message.
pub(crate) fn parse(body: &[u8]) -> Result<ChatReply, ReplyFault> {
    let reply: Reply<'_> = serde_json::from_slice(body)?;
    let missing = if reply.error.is_some() { ReplyFault::Error } else { ReplyFault::Empty("content") };
    let raw = reply.content.ok_or(missing)?;
    let blocks: Vec<Block<'_>> = serde_json::from_str(raw.get())?;
    let mut message = AssistantMessage { raw: Some(raw.to_owned()), ..AssistantMessage::default() };
    let mut thoughts = String::new();
    for block in blocks {
        match block.r#type {
            "text" => message.text += &block.text.unwrap_or_default(),
            "thinking" => thoughts += &block.thinking.unwrap_or_default(),
            "tool_use" => {
                let id = block.id.unwrap_or_else(|| ToolCallRequest::own_id(message.tool_calls.len()));
                let input = block.input.map(RawValue::get).unwrap_or_default();
                message.tool_calls.push(ToolCallRequest::new(id, block.name.unwrap_or_default(), input));
            }
            _ => {}
        }
    }
    message.reasoning = Some(thoughts).filter(|thoughts| !thoughts.is_empty());
    let refused = reply.stop_reason.as_deref() == Some("refusal");
    let refusal = refused.then(|| why(reply.stop_details.as_ref(), &message.text));
    Ok(ChatReply {
        message,
        finish_reason: reply.stop_reason,
        refusal,
        usage: reply.usage.as_ref().and_then(usage),
        served_model: reply.model,
        ..ChatReply::default()
    })
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    model: Option<String>,
    stop_reason: Option<String>,
    stop_details: Option<Value>,
    usage: Option<Value>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

/// A part of the answer. Those of the provider's own tools are of no meaning here.
#[derive(Deserialize)]
struct Block<'a> {
    r#type: &'a str,
    text: Option<String>,
    thinking: Option<String>,
    id: Option<String>,
    name: Option<String>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

/// <https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons>.
pub(super) fn why(details: Option<&Value>, text: &str) -> String {
    let explanation = details.and_then(|details| details.get("explanation")?.as_str());
    match explanation.unwrap_or(text) {
        "" => "stop reason `refusal`".to_owned(),
        said => said.to_owned(),
    }
}

/// Anthropic counts what was cached beside the input; in OpenTelemetry's meaning it is a part of it:
/// <https://platform.claude.com/docs/en/build-with-claude/prompt-caching>.
pub(super) fn usage(usage: &Value) -> Option<TokenUsage> {
    let count = |place: &str| usage.pointer(place).and_then(Value::as_u64);
    let mut tokens = TokenUsage::default();
    tokens.cache_read_input_tokens = count("/cache_read_input_tokens");
    tokens.cache_creation_input_tokens = count("/cache_creation_input_tokens");
    let cached = [tokens.cache_read_input_tokens, tokens.cache_creation_input_tokens].into_iter().flatten();
    tokens.input_tokens = count("/input_tokens").map(|input| cached.fold(input, u64::saturating_add));
    tokens.output_tokens = count("/output_tokens");
    tokens.reasoning_output_tokens = count("/output_tokens_details/thinking_tokens");
    (tokens != TokenUsage::default()).then_some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_part_of_the_input() {
        let fields = serde_json::json!({
            "input_tokens": 10, "cache_read_input_tokens": 200, "cache_creation_input_tokens": 30, "output_tokens": 0,
        });
        let tokens = usage(&fields).unwrap();
        assert_eq!((tokens.input_tokens, tokens.output_tokens), (Some(240), Some(0)));
        assert_eq!(tokens.reasoning_output_tokens, None, "not reported");
        let none = usage(&serde_json::json!({ "input_tokens": 7, "cache_read_input_tokens": null })).unwrap();
        assert_eq!((none.input_tokens, none.cache_read_input_tokens), (Some(7), None));
    }

    #[test]
    fn a_refusal_says_why() {
        let refusal = |body: &str| parse(body.as_bytes()).unwrap().refusal;
        let explained = r#"{"content":[],"stop_reason":"refusal","stop_details":{"explanation":"not that"}}"#;
        assert_eq!(refusal(explained).as_deref(), Some("not that"));
        let said = r#"{"content":[{"type":"text","text":"I will not."}],"stop_reason":"refusal"}"#;
        assert_eq!(refusal(said).as_deref(), Some("I will not."));
        assert_eq!(refusal(r#"{"content":[],"stop_reason":"refusal"}"#).as_deref(), Some("stop reason `refusal`"));
        assert_eq!(refusal(r#"{"content":[],"stop_reason":"end_turn"}"#), None);
    }

    #[test]
    fn what_is_no_reply() {
        assert!(matches!(parse(b"<html>"), Err(ReplyFault::Malformed(_))));
        assert!(matches!(parse(b"{}"), Err(ReplyFault::Empty(_))));
        assert!(matches!(parse(br#"{"type":"error","error":{"type":"api_error"}}"#), Err(ReplyFault::Error)));
        assert!(matches!(parse(br#"{"content":[7]}"#), Err(ReplyFault::Malformed(_))));
    }
}
