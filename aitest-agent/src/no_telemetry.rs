//! What stands for spans where they are not compiled in: nothing.

use std::time::Duration;

use crate::agent::{Agent, AgentError, AgentResult, ToolOutcome};
use crate::provider::{ChatReply, ChatRequest, Connected, ProviderError, ToolCallRequest};

pub(crate) async fn chat(
    _: &Connected,
    _: &ChatRequest,
    live: impl Future<Output = Result<(ChatReply, Duration), ProviderError>>,
) -> Result<(ChatReply, Duration), ProviderError> {
    live.await
}

pub(crate) fn retried(_: &ProviderError, _: Duration) {}

pub(crate) async fn execute_tool(
    _: &ToolCallRequest,
    live: impl Future<Output = Result<ToolOutcome, AgentError>>,
) -> Result<ToolOutcome, AgentError> {
    live.await
}

pub(crate) async fn invoke_agent(
    _: &Agent,
    live: impl Future<Output = Result<AgentResult, AgentError>>,
) -> Result<AgentResult, AgentError> {
    live.await
}
