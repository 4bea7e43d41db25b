use std::borrow::Cow;

use rmcp::model::{ErrorCode, Tool};
use rmcp::service::ServiceError;

use super::link::Link;
use super::start::Client;
use super::{McpError, McpErrorKind};
use crate::provider::ToolDefinition;

/// The tools of a server; none of one that says it has none and knows no `tools/list`.
pub(crate) async fn all_tools(client: &Client) -> Result<Vec<Tool>, ServiceError> {
    let without = client.peer_info().is_some_and(|peer| peer.capabilities.tools.is_none());
    match client.list_all_tools().await {
        Err(ServiceError::McpError(error)) if without && error.code == ErrorCode::METHOD_NOT_FOUND => Ok(Vec::new()),
        listed => listed,
    }
}

/// The tools that a running server offers now.
pub(crate) async fn list_again(client: &Client, link: &Link) -> Result<Vec<ToolDefinition>, McpError> {
    match all_tools(client).await {
        Ok(tools) => Ok(tools.into_iter().map(definition).collect()),
        Err(error) => Err(not_listed(link, &error, "while its changed tools were listed").await),
    }
}

/// Why a server listed no tools.
pub(crate) async fn not_listed(link: &Link, error: &ServiceError, when: &str) -> McpError {
    match error {
        ServiceError::McpError(error) => {
            let message =
                format!("the server answered `tools/list` with an error: {} ({})", error.message, error.code.0);
            McpError::new(McpErrorKind::Protocol, message)
        }
        ServiceError::UnexpectedResponse => {
            McpError::new(McpErrorKind::Protocol, "the server's answer to `tools/list` is no list of tools")
        }
        _ => link.lost(when).await,
    }
}

/// The tool as a model is told of it.
pub(crate) fn definition(tool: Tool) -> ToolDefinition {
    ToolDefinition {
        name: tool.name.into_owned(),
        description: tool.description.map(Cow::into_owned).unwrap_or_default(),
        schema: tool.input_schema,
    }
}
