use aitest_runtime::host::ToolSpec;
use serde_json::Value;

/// A request of the user's own agent, as far as a record shows it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Asked {
    pub(crate) model: String,
    pub(crate) streams: bool,
    /// Whether the reply tells its tokens.
    pub(crate) wants_usage: bool,
    /// The most tokens of the answer.
    pub(crate) limit: Option<u32>,
    pub(crate) system: Option<String>,
    /// The conversation without the system prompt, oldest first.
    pub(crate) said: Vec<Said>,
    pub(crate) tools: Vec<ToolSpec>,
    /// The answer that the request goes on from, where the provider keeps the conversation.
    pub(crate) previous: Option<String>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Said {
    User(String),
    /// What a model said before; a record has it already.
    Assistant,
    /// What a tool answered. Without an id the name of the tool says which call it was.
    ToolResult {
        id: String,
        tool: String,
        text: String,
        is_error: bool,
    },
}

impl Said {
    pub(crate) fn is_assistant(&self) -> bool {
        *self == Said::Assistant
    }
}

/// The text of `field`; empty without one.
pub(crate) fn string(value: &Value, field: &str) -> String {
    value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The number in the first of `places` that has one.
pub(crate) fn limit(value: &Value, places: &[&str]) -> Option<u32> {
    places.iter().find_map(|place| u32::try_from(value.pointer(place)?.as_u64()?).ok())
}

/// The elements of `field`; none without it.
pub(crate) fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    value.get(field).and_then(Value::as_array).into_iter().flatten()
}

/// A text, or the texts among the parts. A part that is none is named: `[image_url]`.
pub(crate) fn texts(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().map(part).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}

fn part(part: &Value) -> String {
    match part.get("text").and_then(Value::as_str) {
        Some(text) => text.to_owned(),
        None => format!("[{}]", part.get("type").and_then(Value::as_str).unwrap_or("part")),
    }
}

/// A tool on offer, whose server nobody knows.
pub(crate) fn tool(declared: &Value, schemas: &[&str]) -> ToolSpec {
    let schema = schemas.iter().find_map(|name| declared.get(name));
    ToolSpec {
        server: String::new(),
        name: string(declared, "name"),
        description: string(declared, "description"),
        schema: schema.map(Value::to_string).unwrap_or_default(),
    }
}
