use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::provider::{AssistantMessage, ChatRequest, Image, Message, ToolCallRequest};

/// What Gemini takes for the signature of a call that it did not make itself:
/// <https://ai.google.dev/gemini-api/docs/thought-signatures>.
const FOREIGN_CALL: &str = "skip_thought_signature_validator";

/// The conversation without the system prompt. What is said between two answers is one content of the user.
pub(super) struct Contents<'a> {
    pub(super) provider: &'a str,
    /// A model of before Gemini 3.
    pub(super) old: bool,
    pub(super) request: &'a ChatRequest,
}

impl Serialize for Contents<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        let mut said = Said::default();
        for message in &self.request.messages {
            match message {
                Message::System(_) => {}
                Message::User(text) => said.beside.push(json!({ "text": text })),
                Message::ToolResult { call_id, tool, content, images, is_error } => {
                    let images = if self.request.options.images == Some(false) { &[] } else { images.as_slice() };
                    let key = if *is_error { "error" } else { "output" };
                    let mut response = json!({ "name": tool, "response": { key: content } });
                    set_id(&mut response, call_id);
                    if self.old {
                        said.beside.extend(images.iter().map(inline));
                    } else if !images.is_empty() {
                        response["parts"] = images.iter().map(inline).collect();
                    }
                    said.results.push(json!({ "functionResponse": response }));
                }
                Message::Assistant(message) => {
                    said.flush(&mut seq)?;
                    match message.raw_for(self.provider) {
                        Some(raw) => seq.serialize_element(raw)?,
                        None => seq.serialize_element(&self.anew(message))?,
                    }
                }
            }
        }
        said.flush(&mut seq)?;
        seq.end()
    }
}

impl Contents<'_> {
    /// An answer that did not come from Gemini.
    fn anew(&self, message: &AssistantMessage) -> Value {
        let mut parts = Vec::new();
        if !message.text.is_empty() || message.tool_calls.is_empty() {
            parts.push(json!({ "text": message.text }));
        }
        for (place, call) in message.tool_calls.iter().enumerate() {
            let mut function = json!({ "name": call.tool, "args": call.arguments_object() });
            set_id(&mut function, &call.id);
            let mut part = json!({ "functionCall": function });
            // The first of parallel calls is signed alone.
            if place == 0 && !self.old {
                part["thoughtSignature"] = FOREIGN_CALL.into();
            }
            parts.push(part);
        }
        json!({ "role": "model", "parts": parts })
    }
}

/// What stands between two answers: as many results as there were calls, then the rest.
#[derive(Default)]
struct Said {
    results: Vec<Value>,
    beside: Vec<Value>,
}

impl Said {
    fn flush<S: SerializeSeq>(&mut self, seq: &mut S) -> Result<(), S::Error> {
        let mut parts = std::mem::take(&mut self.results);
        parts.append(&mut self.beside);
        match parts.is_empty() {
            true => Ok(()),
            false => seq.serialize_element(&json!({ "role": "user", "parts": parts })),
        }
    }
}

/// A call without an id has an answer without one.
fn set_id(value: &mut Value, id: &str) {
    if !ToolCallRequest::is_own_id(id) {
        value["id"] = id.into();
    }
}

fn inline(image: &Image) -> Value {
    json!({ "inlineData": { "mimeType": image.mime_type, "data": &*image.base64 } })
}
