use tracing::field::Empty;
use tracing::{Instrument, info_span};

use super::names::failed;
use crate::agent::{AgentError, ToolOutcome};
use crate::provider::ToolCallRequest;

/// `live` in a span `execute_tool TOOL`.
pub(crate) async fn execute_tool(
    call: &ToolCallRequest,
    live: impl Future<Output = Result<ToolOutcome, AgentError>>,
) -> Result<ToolOutcome, AgentError> {
    let span = info_span!(
        target: "aitest",
        "execute_tool",
        otel.name = format!("execute_tool {}", call.tool),
        otel.kind = "internal",
        otel.status_code = Empty,
        error.type = Empty,
        gen_ai.operation.name = "execute_tool",
        gen_ai.tool.name = call.tool.as_str(),
        gen_ai.tool.call.id = call.id.as_str(),
        gen_ai.tool.type = "function",
    );
    let outcome = live.instrument(span.clone()).await;
    match &outcome {
        Ok(outcome) if outcome.is_error => failed(&span, "tool_error"),
        Ok(_) => {}
        Err(_) => failed(&span, "tool_server"),
    }
    outcome
}
