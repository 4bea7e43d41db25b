use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rmcp::model::{CallToolRequestParams, ServerPeerInfo};
use rmcp::service::ServiceError;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::content;
use super::handler::Inbox;
use super::link::Link;
use super::start::{Client, list_again};
use crate::agent::{AgentError, ToolOutcome, ToolSession};
use crate::provider::{BoxFuture, ToolDefinition};

/// How long a server may take to end by itself.
const GRACE: Duration = Duration::from_millis(200);
/// How long a server over HTTP may take to forget the session.
const HTTP_GRACE: Duration = Duration::from_secs(1);

/// A started server. Its process is gone when this is.
pub(crate) struct McpSession {
    name: String,
    tools: Mutex<Arc<[ToolDefinition]>>,
    client: Client,
    link: Link,
    inbox: Arc<Inbox>,
    /// What the server said of itself.
    peer: Option<Arc<ServerPeerInfo>>,
}

impl McpSession {
    pub(crate) fn new(name: String, tools: Vec<ToolDefinition>, client: Client, link: Link, inbox: Arc<Inbox>) -> Self {
        let peer = client.peer_info();
        McpSession { name, tools: Mutex::new(tools.into()), client, link, inbox, peer }
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
            Err(_) => Err(self.lost(&format!("while `{tool}` was called")).await),
        }
    }

    /// The server is gone. `when` says what was going on.
    pub(crate) async fn lost(&self, when: &str) -> AgentError {
        let error = self.link.lost(when).await;
        self.link.with_stderr(error).await.of_server(&self.name)
    }

    async fn list_changed(&self) -> Result<bool, AgentError> {
        if !self.inbox.take_tools_changed() {
            return Ok(false);
        }
        match list_again(&self.client, &self.link).await {
            Ok(tools) => *self.tools.lock().unwrap_or_else(PoisonError::into_inner) = tools.into(),
            Err(error) => return Err(self.link.with_stderr(error).await.of_server(&self.name)),
        }
        Ok(true)
    }

    /// The end of its input tells a process to end, and the client notices when it has. A server over HTTP is told
    /// that the session is over.
    pub(crate) async fn end(mut self) {
        match self.link {
            Link::Process { child, .. } => {
                child.close_stdin();
                let _ = timeout(GRACE, self.client.waiting()).await;
                child.end().await;
            }
            Link::Http(_) => _ = self.client.close_with_timeout(HTTP_GRACE).await,
        }
    }
}

impl ToolSession for McpSession {
    fn name(&self) -> &str {
        &self.name
    }

    fn tools(&self) -> Arc<[ToolDefinition]> {
        Arc::clone(&self.tools.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn refresh(&self) -> BoxFuture<'_, Result<bool, AgentError>> {
        Box::pin(self.list_changed())
    }

    fn instructions(&self) -> Option<&str> {
        self.peer.as_ref()?.instructions.as_deref()
    }

    fn notes(&self) -> Vec<String> {
        self.inbox.take().into_iter().map(|line| format!("tool server `{}`: {line}", self.name)).collect()
    }

    fn call<'a>(
        &'a self,
        tool: &'a str,
        arguments: Map<String, Value>,
    ) -> BoxFuture<'a, Result<ToolOutcome, AgentError>> {
        Box::pin(self.call_tool(tool, arguments))
    }

    fn shutdown(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(self.end())
    }
}
