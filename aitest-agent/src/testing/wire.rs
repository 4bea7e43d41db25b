//! OpenAI's chat-completions format, as <https://platform.openai.com/docs/api-reference/chat> documents it.

use serde_json::{Value, json};

use super::draw::Place;
use super::reply::{Arguments, Message, Status};
use super::template;

/// The time in every reply: 2026-01-01. Replies depend on no clock.
const CREATED: u64 = 1_767_225_600;

/// A reply's message with its frame.
pub(super) struct Completion {
    id: String,
    model: String,
    message: Value,
    finish_reason: String,
    usage: Value,
}

/// What of the exchange shows in a completion.
pub(super) struct Exchange<'a> {
    pub(super) model: &'a str,
    pub(super) place: &'a Place,
    pub(super) results: &'a [&'a str],
    pub(super) request_bytes: usize,
    pub(super) usage: Option<(u64, u64)>,
    pub(super) finish_reason: Option<&'a str>,
}

impl Completion {
    pub(super) fn new(message: &Message, exchange: &Exchange<'_>) -> Self {
        let reason = if message.calls.is_empty() { "stop" } else { "tool_calls" };
        let message = message_json(message, exchange);
        let estimate = || (tokens(exchange.request_bytes), tokens(message.to_string().len()));
        let (input, output) = exchange.usage.unwrap_or_else(estimate);
        Completion {
            id: format!("chatcmpl-{:016x}", exchange.place.draw(usize::MAX)),
            model: exchange.model.to_owned(),
            message,
            finish_reason: exchange.finish_reason.unwrap_or(reason).to_owned(),
            usage: json!({
                "prompt_tokens": input,
                "completion_tokens": output,
                "total_tokens": input.saturating_add(output),
            }),
        }
    }

    /// The whole reply.
    pub(super) fn json(&self) -> Value {
        let choice = json!({
            "index": 0, "message": self.message, "logprobs": null, "finish_reason": self.finish_reason,
        });
        self.frame("chat.completion", json!([choice]), Some(&self.usage))
    }

    /// The whole reply without a choice.
    pub(super) fn json_without_choices(&self) -> Value {
        self.frame("chat.completion", json!([]), Some(&self.usage))
    }

    /// The reply as server-sent events: text, tool calls, finish reason, usage when asked for, `[DONE]`.
    pub(super) fn events(&self, with_usage: bool) -> String {
        let mut delta = self.message.clone();
        let calls = delta.as_object_mut().and_then(|message| message.remove("tool_calls"));
        let mut chunks = vec![self.chunk(&delta, None)];
        for (index, mut call) in calls.as_ref().and_then(Value::as_array).into_iter().flatten().cloned().enumerate() {
            call["index"] = json!(index);
            chunks.push(self.chunk(&json!({"tool_calls": [call]}), None));
        }
        chunks.push(self.chunk(&json!({}), Some(&self.finish_reason)));
        if with_usage {
            chunks.push(self.frame("chat.completion.chunk", json!([]), Some(&self.usage)));
        }
        let events = chunks.iter().map(|chunk| format!("data: {chunk}\n\n"));
        events.chain(["data: [DONE]\n\n".to_owned()]).collect()
    }

    fn chunk(&self, delta: &Value, finish_reason: Option<&str>) -> Value {
        let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason});
        self.frame("chat.completion.chunk", json!([choice]), None)
    }

    fn frame(&self, object: &str, choices: Value, usage: Option<&Value>) -> Value {
        let mut frame = json!({
            "id": self.id, "object": object, "created": CREATED, "model": self.model, "choices": choices,
        });
        if let Some(usage) = usage {
            frame["usage"] = usage.clone();
        }
        frame
    }
}

fn message_json(message: &Message, exchange: &Exchange<'_>) -> Value {
    let text = message.text.as_deref().map(|text| template::fill(text, exchange.results));
    let mut json = json!({"role": "assistant", "content": text, "refusal": message.refusal});
    let calls = message.calls.iter().enumerate().map(|(index, call)| {
        let arguments = match &call.arguments {
            Arguments::Json(value) => template::fill_json(value, exchange.results).to_string(),
            Arguments::Raw(text) => text.clone(),
        };
        json!({
            "id": format!("call_{:08x}_{}_{index}", exchange.place.conversation >> 32, exchange.place.turn),
            "type": "function",
            "function": {"name": call.tool, "arguments": arguments},
        })
    });
    if !message.calls.is_empty() {
        json["tool_calls"] = calls.collect();
    }
    json
}

/// An estimate: English text has about four bytes a token.
fn tokens(bytes: usize) -> u64 {
    bytes.div_ceil(4) as u64
}

/// The body of an error.
pub(super) fn error(status: &Status) -> Value {
    let (kind, code, message) = match status.status {
        401 => ("invalid_request_error", Some("invalid_api_key"), "incorrect API key provided"),
        403 => ("invalid_request_error", Some("permission_denied"), "this key may not use this model"),
        404 => ("invalid_request_error", Some("model_not_found"), "the model does not exist"),
        429 => ("requests", Some("rate_limit_exceeded"), "rate limit reached"),
        500.. => ("server_error", None, "the server had an error while processing the request"),
        _ => ("invalid_request_error", None, "the request is invalid"),
    };
    json!({"error": {
        "message": status.message.as_deref().unwrap_or(message),
        "type": kind,
        "param": null,
        "code": status.code.as_deref().or(code),
    }})
}

/// The list of models: this one.
pub(super) fn models(name: &str) -> Value {
    json!({"object": "list", "data": [{"id": name, "object": "model", "created": CREATED, "owned_by": "aitest"}]})
}
