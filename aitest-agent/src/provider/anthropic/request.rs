use serde_json::{Map, Value, json};

use super::messages::Messages;
use super::thinking::Thinking;
use crate::provider::body::Body;
use crate::provider::resolve::Endpoint;
use crate::provider::{ChatRequest, ToolDefinition};

/// What is sent when the user sets no limit: Anthropic requires one.
const MAX_TOKENS: u32 = 16_000;

/// The body of a request.
pub(crate) fn body(endpoint: &Endpoint, request: &ChatRequest) -> serde_json::Result<Body> {
    let options = &request.options;
    let thinking = options.reasoning_effort.map(|effort| Thinking::of(&endpoint.model, effort));
    let default_limit = match thinking {
        Some(Thinking::Budget(_)) => 2 * MAX_TOKENS,
        _ => MAX_TOKENS,
    };
    let limit = options.max_tokens.unwrap_or(default_limit);
    let mut body = Body::default();
    body.set("model", &endpoint.model)?;
    body.set("max_tokens", &limit)?;
    body.set_some("system", request.system())?;
    body.set("messages", &Messages { provider: &endpoint.provider, request })?;
    if !request.tools.is_empty() {
        body.set("tools", &request.tools.iter().map(tool).collect::<Vec<_>>())?;
    }
    body.set_some("temperature", options.temperature)?;
    body.set_some("top_p", options.top_p)?;
    if let Some(thinking) = thinking {
        thinking.set(&mut body, limit)?;
    }
    Ok(body)
}

fn tool(tool: &ToolDefinition) -> Value {
    let mut schema: Map<String, Value> = (*tool.schema).clone();
    schema.entry("type").or_insert_with(|| "object".into());
    let mut wire = json!({ "name": tool.name, "input_schema": schema });
    if !tool.description.is_empty() {
        wire["description"] = tool.description.as_str().into();
    }
    wire
}
