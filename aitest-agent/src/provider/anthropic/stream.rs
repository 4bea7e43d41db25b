use serde::Deserialize;
use serde_json::{Map, Value};

use super::reply::{usage, why};
use crate::provider::asked::string;
use crate::provider::format::Assembly;
use crate::provider::wire::ReplyFault;
use crate::provider::{ChatReply, ToolCallRequest};

/// A message that comes in events: <https://platform.claude.com/docs/en/build-with-claude/streaming>.
#[derive(Default)]
pub(crate) struct Stream {
    reply: ChatReply,
    thoughts: String,
    /// The usage of the beginning, with what the end says of it.
    usage: Map<String, Value>,
    stop_details: Option<Value>,
    /// The call that each block is, if it is one.
    calls: Vec<(u64, usize)>,
    is_done: bool,
}

#[derive(Deserialize)]
struct Event {
    r#type: String,
    #[serde(default)]
    index: u64,
    message: Option<Value>,
    content_block: Option<Value>,
    delta: Option<Value>,
    usage: Option<Value>,
}

impl Assembly for Stream {
    fn event(&mut self, data: &str) -> Result<(), ReplyFault> {
        let event: Event = serde_json::from_str(data)?;
        match event.r#type.as_str() {
            "message_start" => {
                let message = event.message.unwrap_or_default();
                self.reply.served_model = Some(string(&message, "model")).filter(|model| !model.is_empty());
                self.add_usage(message.get("usage"));
            }
            "content_block_start" => self.begin(event.index, &event.content_block.unwrap_or_default()),
            "content_block_delta" => self.add(event.index, &event.delta.unwrap_or_default()),
            "message_delta" => {
                let delta = event.delta.unwrap_or_default();
                self.reply.finish_reason = Some(string(&delta, "stop_reason")).filter(|reason| !reason.is_empty());
                self.stop_details = delta.get("stop_details").cloned();
                self.add_usage(event.usage.as_ref());
            }
            "message_stop" => self.is_done = true,
            "error" => return Err(ReplyFault::Error),
            _ => {}
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn is_whole(&self) -> bool {
        self.is_done || self.reply.finish_reason.is_some()
    }

    fn reply(self: Box<Self>) -> ChatReply {
        let mut reply = self.reply;
        reply.usage = usage(&Value::Object(self.usage));
        reply.message.reasoning = Some(self.thoughts).filter(|thoughts| !thoughts.is_empty());
        let refused = reply.finish_reason.as_deref() == Some("refusal");
        reply.refusal = refused.then(|| why(self.stop_details.as_ref(), &reply.message.text));
        reply
    }
}

impl Stream {
    /// Counts are sums so far: the last one holds.
    fn add_usage(&mut self, usage: Option<&Value>) {
        let fields = usage.and_then(Value::as_object).into_iter().flatten().filter(|(_, count)| !count.is_null());
        self.usage.extend(fields.map(|(name, count)| (name.clone(), count.clone())));
    }

    fn begin(&mut self, index: u64, block: &Value) {
        match block.get("type").and_then(Value::as_str) {
            Some("tool_use") => {
                let calls = &mut self.reply.message.tool_calls;
                self.calls.push((index, calls.len()));
                let id = Some(string(block, "id")).filter(|id| !id.is_empty());
                let id = id.unwrap_or_else(|| ToolCallRequest::own_id(calls.len()));
                calls.push(ToolCallRequest::new(id, string(block, "name"), ""));
            }
            _ => self.add(index, block),
        }
    }

    fn add(&mut self, index: u64, delta: &Value) {
        self.reply.message.text += &string(delta, "text");
        self.thoughts += &string(delta, "thinking");
        let call = self.calls.iter().find(|(block, _)| *block == index).map(|(_, place)| *place);
        if let Some(call) = call.and_then(|place| self.reply.message.tool_calls.get_mut(place)) {
            call.arguments += &string(delta, "partial_json");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_in_events() {
        let mut stream = Box::<Stream>::default();
        for event in [
            r#"{"type":"message_start","message":{"model":"claude-haiku-4-5-20251001","usage":{"input_tokens":20,"cache_read_input_tokens":5,"output_tokens":1}}}"#,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}"#,
            r#"{"type":"ping"}"#,
            r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"I "}}"#,
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"look."}}"#,
            r#"{"type":"content_block_stop","index":1}"#,
            r#"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t1","name":"add","input":{}}}"#,
            r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}"#,
            r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"2,"}}"#,
            r#"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":15,"input_tokens":null}}"#,
        ] {
            stream.event(event).unwrap();
        }
        assert!(stream.is_whole() && !stream.is_done());
        stream.event(r#"{"type":"message_stop"}"#).unwrap();
        assert!(stream.is_done());
        let reply = stream.reply();
        assert_eq!((reply.message.text.as_str(), reply.message.reasoning.as_deref()), ("I look.", Some("hm")));
        assert_eq!(reply.message.tool_calls, [ToolCallRequest::new("t1", "add", "{\"a\":2,")], "malformed stays so");
        let usage = reply.usage.unwrap();
        assert_eq!((usage.input_tokens, usage.output_tokens), (Some(25), Some(15)));
        assert_eq!(reply.finish_reason.as_deref(), Some("tool_use"));
        assert_eq!(reply.served_model.as_deref(), Some("claude-haiku-4-5-20251001"));
    }

    #[test]
    fn what_is_no_event() {
        let mut stream = Stream::default();
        let overloaded = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
        assert!(matches!(stream.event(overloaded), Err(ReplyFault::Error)));
        assert!(matches!(stream.event("{}"), Err(ReplyFault::Malformed(_))));
    }
}
