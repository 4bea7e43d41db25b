use std::sync::Arc;
use std::time::Duration;

use rmcp::model::CallToolRequestParams;
use rmcp::service::ServiceError;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::start::Client;
use super::stderr::StderrTail;
use super::{McpError, content};
use crate::agent::{AgentError, ToolOutcome, ToolSession};
use crate::child::ChildProcess;
use crate::provider::{BoxFuture, ToolDefinition};

/// How long a server may take to end by itself.
const GRACE: Duration = Duration::from_millis(200);
/// How long a server that closed its output may take to end.
const STATUS_BOUND: Duration = Duration::from_millis(500);

/// A started server. Its process is gone when this is.
pub(crate) struct McpSession {
    name: String,
    tools: Arc<[ToolDefinition]>,
    client: Client,
    child: ChildProcess,
    stderr: StderrTail,
}

impl McpSession {
    pub(crate) fn new(
        name: String,
        tools: Vec<ToolDefinition>,
        client: Client,
        child: ChildProcess,
        stderr: StderrTail,
    ) -> Self {
        let tools = tools.into();
        McpSession { name, tools, client, child, stderr }
    }

    async fn call_tool(&self, tool: &str, arguments: Map<String, Value>) -> Result<ToolOutcome, AgentError> {
        let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        match self.client.call_tool(params).await {
            Ok(result) => Ok(ToolOutcome {
                text: content::text(&result),
                images: content::images(&result),
                is_error: result.is_error == Some(true),
            }),
            Err(ServiceError::McpError(error)) => {
                Ok(ToolOutcome::failed(format!("{} (JSON-RPC error {})", error.message, error.code.0)))
            }
            Err(ServiceError::UnexpectedResponse) => {
                Ok(ToolOutcome::failed("the server's answer is no tool result".to_owned()))
            }
            Err(_) => Err(self.died(tool).await),
        }
    }

    async fn died(&self, tool: &str) -> AgentError {
        let status = self.child.exit_status(STATUS_BOUND).await;
        let stderr = self.stderr.last_text().await;
        McpError::ended(status, &format!("while `{tool}` was called")).with_stderr(&stderr).of_server(&self.name)
    }
}

impl ToolSession for McpSession {
    fn name(&self) -> &str {
        &self.name
    }

    fn tools(&self) -> Arc<[ToolDefinition]> {
        Arc::clone(&self.tools)
    }

    fn call<'a>(
        &'a self,
        tool: &'a str,
        arguments: Map<String, Value>,
    ) -> BoxFuture<'a, Result<ToolOutcome, AgentError>> {
        Box::pin(self.call_tool(tool, arguments))
    }

    /// The end of its input tells the server to end; the client notices when it has.
    fn shutdown(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            self.child.close_stdin();
            let _ = timeout(GRACE, self.client.waiting()).await;
            self.child.end().await;
        })
    }
}
