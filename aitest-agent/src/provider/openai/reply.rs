use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::usage::{cost, usage};
use crate::provider::details::Details;
use crate::provider::wire::ReplyFault;
use crate::provider::{AssistantMessage, ChatReply, ToolCallRequest};

/// Reads a chat completion. Fields that a server leaves out, or fills in its own way, are `None`.
pub(crate) fn parse(body: &[u8]) -> Result<ChatReply, ReplyFault> {
    let completion: Completion<'_> = serde_json::from_slice(body)?;
    let is_error = completion.error.is_some();
    let missing = || if is_error { ReplyFault::Error } else { ReplyFault::Empty("choices") };
    let choice = completion.choices.unwrap_or_default().into_iter().next().ok_or_else(missing)?;
    if choice.error.is_some() {
        return Err(ReplyFault::Error);
    }
    if choice.finish_reason.as_deref() == Some(OUT_OF_RESOURCES) {
        return Err(ReplyFault::Cut(OUT_OF_RESOURCES.to_owned()));
    }
    let raw = choice.message.ok_or_else(missing)?;
    let message: WireMessage<'_> = serde_json::from_str(raw.get())?;
    let mut calls = Vec::with_capacity(message.tool_calls.as_ref().map_or(0, Vec::len));
    for call in message.tool_calls.unwrap_or_default() {
        calls.push(call.request(calls.len()));
    }
    let thoughts = [&message.reasoning_content, &message.reasoning];
    let thought = thoughts.into_iter().flatten().map(text).find(|thought| !thought.is_empty());
    Ok(ChatReply {
        message: AssistantMessage {
            text: message.content.as_ref().map(text).unwrap_or_default(),
            reasoning: thought.or_else(|| message.content.as_ref().and_then(thinking)),
            // Without ids the results would have nothing to refer to: such a message goes back written anew.
            raw: calls.iter().all(|call| !ToolCallRequest::is_own_id(&call.id)).then(|| raw.to_owned()),
            tool_calls: calls,
            ..AssistantMessage::default()
        },
        finish_reason: choice.finish_reason,
        refusal: message.refusal.filter(|refusal| !refusal.is_empty()),
        usage: completion.usage.as_ref().and_then(usage),
        cost: completion.usage.as_ref().and_then(cost),
        served_model: completion.model,
        ..ChatReply::default()
    })
}

/// DeepSeek's word for a reply that it broke off: <https://api-docs.deepseek.com/api/create-chat-completion>.
const OUT_OF_RESOURCES: &str = "insufficient_system_resource";

/// Groq refuses its own model's call when it cannot read it: <https://console.groq.com/docs/tool-use>.
pub(crate) fn rescue(details: &Details) -> Option<ChatReply> {
    let failed = details.text("failed_generation").filter(|_| details.is("tool_use_failed"))?;
    let message = AssistantMessage::default().with_tool_call(ToolCallRequest::unreadable(failed));
    Some(ChatReply { finish_reason: Some("tool_use_failed".to_owned()), ..ChatReply::new(message) })
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
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireMessage<'a> {
    content: Option<Value>,
    refusal: Option<String>,
    /// DeepSeek, xAI, vLLM.
    reasoning_content: Option<Value>,
    /// OpenRouter, Groq, Ollama.
    reasoning: Option<Value>,
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
        let id = self.id.filter(|id| !id.is_empty()).unwrap_or_else(|| ToolCallRequest::own_id(place));
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

/// The thoughts among the parts, as Mistral writes them: <https://docs.mistral.ai/capabilities/reasoning/>.
fn thinking(content: &Value) -> Option<String> {
    let thoughts = content.as_array()?.iter().filter_map(|part| part.get("thinking").map(text));
    Some(thoughts.collect::<String>()).filter(|thought| !thought.is_empty())
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
            r#"{"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"hi"}],"tool_calls":[{"function":{"name":"a","arguments":{"x":1}}},{"id":"","function":{"name":"b"}}]}}],"usage":{}}"#,
        );
        assert_eq!((&*reply.message.text, reply.message.reasoning.as_deref()), ("hi", Some("hm")));
        assert_eq!(reply.message.tool_calls[0], ToolCallRequest::new("aitest_call_0", "a", r#"{"x":1}"#));
        assert_eq!(reply.message.tool_calls[1], ToolCallRequest::new("aitest_call_1", "b", ""));
        assert_eq!((reply.usage, reply.finish_reason), (None, None));
    }

    #[test]
    fn what_is_no_reply() {
        assert!(matches!(parse(b"<html>"), Err(ReplyFault::Malformed(_))));
        assert!(matches!(parse(br#"{"choices":[]}"#), Err(ReplyFault::Empty(_))));
        assert!(matches!(parse(b"{}"), Err(ReplyFault::Empty(_))));
        assert!(matches!(parse(br#"{"choices":[{}]}"#), Err(ReplyFault::Empty(_))));
        assert!(matches!(parse(br#"{"error":{"message":"x"}}"#), Err(ReplyFault::Error)));
        assert!(matches!(parse(br#"{"choices":[{"message":7}]}"#), Err(ReplyFault::Malformed(_))));
        assert!(matches!(parse(br#"{"choices":[{"error":{"code":502}}]}"#), Err(ReplyFault::Error)));
        let cut = br#"{"choices":[{"message":{},"finish_reason":"insufficient_system_resource"}]}"#;
        assert!(matches!(parse(cut), Err(ReplyFault::Cut(_))));
    }
}
