use serde::ser::{Error, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::Dialect;
use super::dialect::Images;
use crate::provider::{AssistantMessage, ChatRequest, Image, Message};

/// The conversation.
pub(super) struct Messages<'a> {
    pub(super) dialect: &'a Dialect,
    pub(super) provider: &'a str,
    pub(super) request: &'a ChatRequest,
}

#[derive(Serialize)]
struct Plain<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct ToolMessage<'a> {
    role: &'static str,
    tool_call_id: &'a str,
    content: Value,
}

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        // Tool messages stand directly behind the message that asked for them, so their images wait.
        let mut waiting = Vec::new();
        for message in &self.request.messages {
            if !matches!(message, Message::ToolResult { .. }) && !waiting.is_empty() {
                seq.serialize_element(&user(std::mem::take(&mut waiting)))?;
            }
            match message {
                Message::System(text) => seq.serialize_element(&Plain { role: "system", content: text })?,
                Message::User(text) => seq.serialize_element(&Plain { role: "user", content: text })?,
                Message::Assistant(message) => self.assistant(&mut seq, message)?,
                Message::ToolResult { call_id, tool, content, images, .. } => {
                    let id = self.dialect.call_id(call_id);
                    let place = self.images();
                    let within = if place == Images::Within { images.as_slice() } else { &[] };
                    let content = tool_content(content, within);
                    seq.serialize_element(&ToolMessage { role: "tool", tool_call_id: &id, content })?;
                    if place == Images::Behind && !images.is_empty() {
                        waiting.push(text(&format!("Images of the result of `{tool}` (call {id}):")));
                        waiting.extend(images.iter().map(image));
                    }
                }
            }
        }
        if !waiting.is_empty() {
            seq.serialize_element(&user(waiting))?;
        }
        seq.end()
    }
}

impl Messages<'_> {
    fn images(&self) -> Images {
        match (self.request.options.images, self.dialect.images) {
            (Some(false), _) => Images::Unseen,
            (Some(true), Images::Unseen) => Images::Behind,
            (_, place) => place,
        }
    }

    fn assistant<S: SerializeSeq>(&self, seq: &mut S, message: &AssistantMessage) -> Result<(), S::Error> {
        match (message.raw_for(self.provider), self.dialect.taken_back) {
            (Some(raw), None) => seq.serialize_element(raw),
            (Some(raw), Some(fields)) => seq.serialize_element(&only(raw, fields).map_err(S::Error::custom)?),
            (None, _) => seq.serialize_element(&self.anew(message)),
        }
    }

    /// A message that did not come from this provider.
    fn anew(&self, message: &AssistantMessage) -> Value {
        let mut wire = json!({ "role": "assistant", "content": message.text });
        if !message.tool_calls.is_empty() {
            let calls = message.tool_calls.iter().map(|call| {
                let arguments = call.arguments_object().to_string();
                let function = json!({ "name": call.tool, "arguments": arguments });
                json!({ "id": self.dialect.call_id(&call.id), "type": "function", "function": function })
            });
            wire["tool_calls"] = calls.collect();
        }
        wire
    }
}

fn only(raw: &RawValue, fields: &[&str]) -> serde_json::Result<Map<String, Value>> {
    let mut message: Map<String, Value> = serde_json::from_str(raw.get())?;
    message.retain(|field, _| fields.contains(&field.as_str()));
    Ok(message)
}

fn tool_content(content: &str, images: &[Image]) -> Value {
    match images {
        [] => content.into(),
        images => [text(content)].into_iter().chain(images.iter().map(image)).collect(),
    }
}

fn user(parts: Vec<Value>) -> Value {
    json!({ "role": "user", "content": parts })
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn image(image: &Image) -> Value {
    json!({ "type": "image_url", "image_url": { "url": format!("data:{};base64,{}", image.mime_type, image.base64) } })
}
