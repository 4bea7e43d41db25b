use serde::Deserialize;
use serde_json::Value;

use super::usage::{cost, usage};
use crate::provider::format::Assembly;
use crate::provider::wire::ReplyFault;
use crate::provider::{ChatReply, ToolCallRequest};

/// A chat completion that comes in chunks:
/// <https://platform.openai.com/docs/api-reference/chat-streaming>.
#[derive(Default)]
pub(crate) struct Stream {
    reply: ChatReply,
    thoughts: String,
    refusal: String,
    is_done: bool,
}

#[derive(Deserialize)]
struct Chunk {
    choices: Option<Vec<Choice>>,
    model: Option<String>,
    usage: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: u64,
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
    refusal: Option<String>,
    /// DeepSeek, xAI, vLLM.
    reasoning_content: Option<String>,
    /// OpenRouter, Groq, Ollama.
    reasoning: Option<String>,
    tool_calls: Option<Vec<CallDelta>>,
}

#[derive(Deserialize)]
struct CallDelta {
    index: Option<usize>,
    id: Option<String>,
    function: Option<FunctionDelta>,
}

#[derive(Deserialize)]
struct FunctionDelta {
    name: Option<String>,
    arguments: Option<Value>,
}

impl Assembly for Stream {
    fn event(&mut self, data: &str) -> Result<(), ReplyFault> {
        if data.trim() == "[DONE]" {
            self.is_done = true;
            return Ok(());
        }
        let chunk: Chunk = serde_json::from_str(data)?;
        if chunk.error.is_some() {
            return Err(ReplyFault::Error);
        }
        self.reply.served_model = chunk.model.filter(|model| !model.is_empty()).or(self.reply.served_model.take());
        if let Some(fields) = &chunk.usage {
            self.reply.usage = usage(fields).or(self.reply.usage);
            self.reply.cost = cost(fields).or(self.reply.cost);
        }
        // Of several choices the first is the answer, as in a whole reply.
        for choice in chunk.choices.unwrap_or_default().into_iter().filter(|choice| choice.index == 0) {
            self.reply.finish_reason = choice.finish_reason.or(self.reply.finish_reason.take());
            choice.delta.into_iter().for_each(|delta| self.add(delta));
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
        reply.message.reasoning = Some(self.thoughts).filter(|thoughts| !thoughts.is_empty());
        reply.refusal = Some(self.refusal).filter(|refusal| !refusal.is_empty());
        reply
    }
}

impl Stream {
    fn add(&mut self, delta: Delta) {
        self.reply.message.text += &delta.content.unwrap_or_default();
        self.refusal += &delta.refusal.unwrap_or_default();
        self.thoughts += &delta.reasoning_content.or(delta.reasoning).unwrap_or_default();
        delta.tool_calls.into_iter().flatten().for_each(|call| self.add_call(call));
    }

    /// A call comes in pieces: its id and name first, then its arguments. Where the index is missing, an id begins a
    /// new call.
    fn add_call(&mut self, delta: CallDelta) {
        let calls = &mut self.reply.message.tool_calls;
        let id = delta.id.filter(|id| !id.is_empty());
        let place = delta.index.unwrap_or(if id.is_some() { calls.len() } else { calls.len().saturating_sub(1) });
        // A place far behind the last one is a mistake of the server's.
        let place = place.min(calls.len());
        if place == calls.len() {
            calls.push(ToolCallRequest::new(ToolCallRequest::own_id(place), "", ""));
        }
        let call = &mut calls[place];
        call.id = id.unwrap_or_else(|| std::mem::take(&mut call.id));
        let Some(function) = delta.function else { return };
        call.tool += &function.name.unwrap_or_default();
        match function.arguments {
            Some(Value::String(text)) => call.arguments += &text,
            Some(Value::Null) | None => {}
            Some(object) => call.arguments += &object.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assembled(events: &[&str]) -> Box<Stream> {
        let mut stream = Box::<Stream>::default();
        for event in events {
            stream.event(event).unwrap();
        }
        stream
    }

    #[test]
    fn text_reasoning_and_usage() {
        let stream = assembled(&[
            r#"{"model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning_content":"hm"}}]}"#,
            r#"{"model":"","choices":[{"index":1,"delta":{"content":"other"}},{"index":0,"delta":{"content":"4"}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"2"},"finish_reason":"stop"}],"usage":null}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"cost":0.5}}"#,
        ]);
        assert!(stream.is_whole() && !stream.is_done());
        let reply = stream.reply();
        assert_eq!((reply.message.text.as_str(), reply.message.reasoning.as_deref()), ("42", Some("hm")));
        assert_eq!((reply.served_model.as_deref(), reply.finish_reason.as_deref()), (Some("m-1"), Some("stop")));
        assert_eq!(reply.usage.unwrap().input_tokens, Some(9));
        assert!(reply.cost.is_some());
        assert!(assembled(&["[DONE]"]).is_done());
    }

    #[test]
    fn calls_come_in_pieces() {
        let call = |fields: &str| format!(r#"{{"choices":[{{"delta":{{"tool_calls":[{fields}]}}}}]}}"#);
        let reply = assembled(&[
            &call(r#"{"index":0,"id":"a","function":{"name":"add","arguments":""}}"#),
            &call(r#"{"index":0,"function":{"arguments":"{\"x\":"}},{"index":1,"id":"b","function":{"name":"sub"}}"#),
            &call(r#"{"index":0,"id":"","function":{"arguments":"1"}}"#),
            &call(r#"{"id":"c","function":{"name":"mul","arguments":{"y":2}}}"#),
            &call(r#"{"index":99,"function":{"name":"div"}}"#),
        ])
        .reply();
        let call = |id: &str, tool: &str, arguments: &str| ToolCallRequest::new(id, tool, arguments);
        let expected = [
            call("a", "add", r#"{"x":1"#),
            call("b", "sub", ""),
            call("c", "mul", r#"{"y":2}"#),
            call("aitest_call_3", "div", ""),
        ];
        assert_eq!(reply.message.tool_calls, expected, "malformed arguments stay as they are");
    }

    #[test]
    fn what_is_no_chunk() {
        let mut stream = Stream::default();
        assert!(matches!(stream.event("{\"choices\":"), Err(ReplyFault::Malformed(_))));
        assert!(matches!(stream.event(r#"{"error":{"message":"overloaded"}}"#), Err(ReplyFault::Error)));
        assert!(!stream.is_whole());
    }
}
