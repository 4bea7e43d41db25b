use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::provider::resolve::Endpoint;
use crate::provider::{AssistantMessage, ChatRequest, Message, ToolDefinition};

/// The body of a request.
pub(crate) fn body(endpoint: &Endpoint, request: &ChatRequest) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Body { endpoint, request })
}

struct Body<'a> {
    endpoint: &'a Endpoint,
    request: &'a ChatRequest,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("model", &self.endpoint.model)?;
        map.serialize_entry("messages", &Messages(&self.request.messages))?;
        if !self.request.tools.is_empty() {
            map.serialize_entry("tools", &self.request.tools.iter().map(Tool::of).collect::<Vec<_>>())?;
        }
        if let Some(temperature) = self.request.temperature {
            map.serialize_entry("temperature", &temperature)?;
        }
        if let Some(limit) = self.request.max_tokens {
            map.serialize_entry(self.endpoint.token_limit_field, &limit)?;
        }
        map.end()
    }
}

struct Messages<'a>(&'a [Message]);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(WireMessage))
    }
}

struct WireMessage<'a>(&'a Message);

impl Serialize for WireMessage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Message::System(text) => Plain { role: "system", content: text, tool_call_id: None }.serialize(serializer),
            Message::User(text) => Plain { role: "user", content: text, tool_call_id: None }.serialize(serializer),
            Message::ToolResult { call_id, content, .. } => {
                Plain { role: "tool", content, tool_call_id: Some(call_id) }.serialize(serializer)
            }
            Message::Assistant(AssistantMessage { raw: Some(raw), .. }) => raw.serialize(serializer),
            Message::Assistant(message) => assistant(message).serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct Plain<'a> {
    role: &'static str,
    content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

/// A message that did not come over this wire.
fn assistant(message: &AssistantMessage) -> Value {
    let mut wire = json!({ "role": "assistant", "content": message.text });
    if !message.tool_calls.is_empty() {
        let calls = message.tool_calls.iter().map(|call| {
            json!({ "id": call.id, "type": "function", "function": { "name": call.tool, "arguments": call.arguments } })
        });
        wire["tool_calls"] = calls.collect();
    }
    wire
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    parameters: Cow<'a, Map<String, Value>>,
}

impl<'a> Tool<'a> {
    fn of(tool: &'a ToolDefinition) -> Self {
        let parameters = with_properties(&tool.schema);
        Tool { r#type: "function", function: Function { name: &tool.name, description: &tool.description, parameters } }
    }
}

/// OpenAI refuses the schema of an object without `properties`, which MCP servers send for tools without arguments.
fn with_properties(schema: &Map<String, Value>) -> Cow<'_, Map<String, Value>> {
    if schema.contains_key("properties") {
        return Cow::Borrowed(schema);
    }
    let mut schema = schema.clone();
    schema.entry("type").or_insert_with(|| "object".into());
    schema.insert("properties".to_owned(), json!({}));
    Cow::Owned(schema)
}
