use serde_json::{Map, Value, json};

use super::contents::Contents;
use super::generation::is_old;
use super::schema;
use crate::provider::body::Body;
use crate::provider::resolve::Endpoint;
use crate::provider::{ChatRequest, ReasoningEffort, RequestOptions, ToolDefinition};

/// The body of a request.
pub(crate) fn body(endpoint: &Endpoint, request: &ChatRequest) -> serde_json::Result<Body> {
    let old = is_old(&endpoint.model);
    let mut body = Body::default();
    body.set_some("systemInstruction", request.system().map(|text| json!({ "parts": [{ "text": text }] })))?;
    body.set("contents", &Contents { provider: &endpoint.provider, old, request })?;
    if !request.tools.is_empty() {
        let functions = request.tools.iter().map(function).collect::<Vec<_>>();
        body.set("tools", &json!([{ "functionDeclarations": functions }]))?;
    }
    let config = generation_config(&request.options, old);
    if !config.is_empty() {
        body.set("generationConfig", &config)?;
    }
    Ok(body)
}

/// A description is required, and parameters without properties are refused.
fn function(tool: &ToolDefinition) -> Value {
    let description = if tool.description.is_empty() { &tool.name } else { &tool.description };
    let mut function = json!({ "name": tool.name, "description": description });
    let parameters = schema::parameters(&tool.schema);
    if parameters.get("properties").and_then(Value::as_object).is_some_and(|properties| !properties.is_empty()) {
        function["parametersJsonSchema"] = parameters;
    }
    function
}

fn generation_config(options: &RequestOptions, old: bool) -> Map<String, Value> {
    let fields = [
        ("temperature", options.temperature.map(Value::from)),
        ("topP", options.top_p.map(Value::from)),
        ("seed", options.seed_31_bits().map(Value::from)),
        ("maxOutputTokens", options.max_tokens.map(Value::from)),
        ("thinkingConfig", options.reasoning_effort.map(|effort| thinking_config(effort, old))),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// A level from Gemini 3 on, which cannot be told not to think; a budget before, in the steps that Google itself
/// translates efforts to: <https://ai.google.dev/gemini-api/docs/openai#thinking>.
fn thinking_config(effort: ReasoningEffort, old: bool) -> Value {
    use ReasoningEffort::{High, Low, Max, Medium, Minimal, Off, XHigh};
    if old {
        let budget = match effort {
            Off => 0,
            Minimal | Low => 1024,
            Medium => 8192,
            High | XHigh | Max => 24_576,
        };
        return json!({ "thinkingBudget": budget });
    }
    let level = match effort {
        Off | Minimal => "minimal",
        Low | Medium | High => effort.word(),
        XHigh | Max => "high",
    };
    json!({ "thinkingLevel": level })
}
