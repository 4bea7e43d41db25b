use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Dialect;
use super::messages::Messages;
use crate::provider::body::Body;
use crate::provider::resolve::Endpoint;
use crate::provider::{ChatRequest, ToolDefinition};

/// The body of a request.
pub(crate) fn body(dialect: &Dialect, endpoint: &Endpoint, request: &ChatRequest) -> serde_json::Result<Body> {
    let mut body = Body::default();
    body.set("model", &endpoint.model)?;
    body.set("messages", &Messages { dialect, provider: &endpoint.provider, request })?;
    if !request.tools.is_empty() {
        body.set("tools", &request.tools.iter().map(Tool::of).collect::<Vec<_>>())?;
    }
    dialect.set_options(&mut body, &endpoint.model, &request.options)?;
    Ok(body)
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
