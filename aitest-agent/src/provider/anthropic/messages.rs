use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::provider::{AssistantMessage, ChatRequest, Image, Message};

/// The conversation without the system prompt. What is said between two answers is one message of the user: the
/// results of parallel calls stand together.
pub(super) struct Messages<'a> {
    pub(super) provider: &'a str,
    pub(super) request: &'a ChatRequest,
}

#[derive(Serialize)]
struct WireMessage<C> {
    role: &'static str,
    content: C,
}

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        let mut said = Vec::new();
        for message in &self.request.messages {
            match message {
                Message::System(_) => {}
                Message::User(text) => said.extend(text_block(text)),
                Message::ToolResult { call_id, content, images, is_error, .. } => {
                    let images = if self.request.options.images == Some(false) { &[] } else { images.as_slice() };
                    said.push(tool_result(call_id, content, images, *is_error));
                }
                Message::Assistant(message) => self.assistant(&mut seq, &mut said, message)?,
            }
        }
        flush(&mut seq, &mut said)?;
        seq.end()
    }
}

impl Messages<'_> {
    /// Thinking blocks are signed, and refused when they come back changed: the blocks go back as they came.
    fn assistant<S: SerializeSeq>(
        &self,
        seq: &mut S,
        said: &mut Vec<Value>,
        message: &AssistantMessage,
    ) -> Result<(), S::Error> {
        match message.raw_for(self.provider) {
            // An empty answer is refused when it comes back.
            Some(raw) if raw.get() == "[]" => Ok(()),
            Some(raw) => {
                flush(seq, said)?;
                seq.serialize_element(&WireMessage { role: "assistant", content: raw })
            }
            None => {
                let calls = message.tool_calls.iter().map(|call| {
                    json!({ "type": "tool_use", "id": id(&call.id), "name": call.tool, "input": call.arguments_object() })
                });
                let blocks = text_block(&message.text).into_iter().chain(calls).collect::<Vec<_>>();
                if blocks.is_empty() {
                    return Ok(());
                }
                flush(seq, said)?;
                seq.serialize_element(&WireMessage { role: "assistant", content: blocks })
            }
        }
    }
}

fn flush<S: SerializeSeq>(seq: &mut S, said: &mut Vec<Value>) -> Result<(), S::Error> {
    match said.is_empty() {
        true => Ok(()),
        false => seq.serialize_element(&WireMessage { role: "user", content: std::mem::take(said) }),
    }
}

/// Empty texts are refused.
fn text_block(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| json!({ "type": "text", "text": text }))
}

fn tool_result(call_id: &str, content: &str, images: &[Image], is_error: bool) -> Value {
    let images = images.iter().map(|image| {
        json!({ "type": "image", "source": { "type": "base64", "media_type": image.mime_type, "data": &*image.base64 } })
    });
    let content = text_block(content).into_iter().chain(images).collect::<Vec<_>>();
    let mut result = json!({ "type": "tool_result", "tool_use_id": id(call_id) });
    if !content.is_empty() {
        result["content"] = content.into();
    }
    if is_error {
        result["is_error"] = true.into();
    }
    result
}

/// Ids of other providers may hold characters that Anthropic refuses.
fn id(id: &str) -> String {
    id.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-', "_")
}
