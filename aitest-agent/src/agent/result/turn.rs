use std::sync::Arc;
use std::time::Duration;

use aitest_runtime::host::TokenUsage;
use serde_json::{Map, Value};

use super::ToolCall;

/// One reply of the model, with the calls that it asked for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Turn {
    /// What it said; empty when it only calls tools.
    pub text: String,
    /// What it thought before it spoke, as far as the provider shows it.
    pub reasoning: Option<String>,
    /// The calls, in its order, with their results.
    pub tool_calls: Vec<ToolCall>,
    /// Tokens, as reported.
    pub usage: Option<TokenUsage>,
    /// How long the model took; tries that failed and pauses between tries left out.
    pub duration: Duration,
    /// Why it stopped, in the provider's word.
    pub finish_reason: Option<String>,
    /// The model that the provider says it served.
    pub served_model: Option<String>,
    /// The provider's id of the request.
    pub request_id: Option<String>,
}

/// A tool that was offered to the model.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ToolInfo {
    /// The server that has it.
    pub server: String,
    /// The name to call it by.
    pub name: String,
    /// What it does, as the model is told.
    pub description: String,
    /// The JSON Schema of its arguments.
    pub schema: Arc<Map<String, Value>>,
}
