use serde_json::value::RawValue;

use super::reply::parse;
use crate::provider::format::Assembly;
use crate::provider::wire::ReplyFault;
use crate::provider::{ChatReply, ToolCallRequest};

/// A response that comes in parts, each of which is a response:
/// <https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent>.
#[derive(Default)]
pub(crate) struct Stream(ChatReply);

impl Assembly for Stream {
    fn event(&mut self, data: &str) -> Result<(), ReplyFault> {
        let part = match parse(data.as_bytes()) {
            // Usage may come without a candidate.
            Err(ReplyFault::Empty(_)) => ChatReply::default(),
            parsed => parsed?,
        };
        let ChatReply { message, usage, finish_reason, served_model, request_id, .. } = part;
        let whole = &mut self.0;
        whole.message.text += &message.text;
        whole.message.tool_calls.extend(message.tool_calls);
        if let Some(thought) = message.reasoning {
            whole.message.reasoning.get_or_insert_default().push_str(&thought);
        }
        whole.usage = usage.or(whole.usage);
        whole.finish_reason = finish_reason.or(whole.finish_reason.take());
        whole.served_model = served_model.or(whole.served_model.take());
        whole.request_id = request_id.or(whole.request_id.take());
        Ok(())
    }

    /// Nothing marks the end but the reason of it.
    fn is_done(&self) -> bool {
        self.is_whole()
    }

    fn is_whole(&self) -> bool {
        self.0.finish_reason.is_some()
    }

    fn reply(self: Box<Self>) -> ChatReply {
        let mut reply = self.0;
        for (place, call) in reply.message.tool_calls.iter_mut().enumerate() {
            if ToolCallRequest::is_own_id(&call.id) {
                call.id = ToolCallRequest::own_id(place);
            }
        }
        reply
    }
}

/// Reads a stream that was asked for without `alt=sse`: an array of responses.
pub(crate) fn parse_array(body: &[u8]) -> Result<ChatReply, ReplyFault> {
    let parts: Vec<&RawValue> = serde_json::from_slice(body)?;
    let mut stream = Box::<Stream>::default();
    for part in parts {
        stream.event(part.get())?;
    }
    Ok(stream.reply())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: [&str; 3] = [
        r#"{"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"I "}]}}],"modelVersion":"gemini-3-flash-001","usageMetadata":{"promptTokenCount":8}}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"look."},{"functionCall":{"name":"add","args":{"a":2}}}]}}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"sub","args":{}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":5}}"#,
    ];

    #[test]
    fn a_response_comes_in_parts() {
        let mut stream = Box::<Stream>::default();
        for part in &PARTS[..2] {
            stream.event(part).unwrap();
            assert!(!stream.is_whole());
        }
        stream.event(PARTS[2]).unwrap();
        assert!(stream.is_done());
        let reply = stream.reply();
        assert_eq!((reply.message.text.as_str(), reply.message.reasoning.as_deref()), ("I look.", Some("hm")));
        let calls: Vec<(&str, &str)> =
            reply.message.tool_calls.iter().map(|call| (call.id.as_str(), call.tool.as_str())).collect();
        assert_eq!(calls, [("aitest_call_0", "add"), ("aitest_call_1", "sub")], "each has an id of its own");
        assert_eq!(reply.usage.unwrap().output_tokens, Some(5), "the last count holds");
        assert_eq!(reply.served_model.as_deref(), Some("gemini-3-flash-001"));
        let array = parse_array(format!("[{}]", PARTS.join(",\n")).as_bytes()).unwrap();
        assert_eq!(array.message.text, "I look.");
    }

    #[test]
    fn what_is_no_part() {
        let mut stream = Stream::default();
        assert!(matches!(stream.event("{"), Err(ReplyFault::Malformed(_))));
        assert!(matches!(stream.event(r#"{"error":{"code":503}}"#), Err(ReplyFault::Error)));
        assert!(stream.event(r#"{"usageMetadata":{"promptTokenCount":1}}"#).is_ok());
    }
}
