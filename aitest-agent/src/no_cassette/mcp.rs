use serde_json::Value;

use crate::agent::{AgentError, ToolSession};
use crate::mcp::McpServer;

/// A started server.
pub(crate) async fn open(server: &McpServer) -> Result<Box<dyn ToolSession>, AgentError> {
    server.open().await
}

/// The answer of a server that was asked without an agent.
pub(crate) async fn answered<T>(
    _: &McpServer,
    _: &str,
    _: Value,
    live: impl Future<Output = Result<T, AgentError>>,
) -> Result<T, AgentError> {
    live.await
}
