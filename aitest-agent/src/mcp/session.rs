use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rmcp::model::{CallToolRequestParams, ServerPeerInfo};
use rmcp::service::ServiceError;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::content;
use super::handler::Inbox;
use super::link::Link;
use super::lists::list_again;
use super::start::{Client, Started};
use crate::agent::{AgentError, McpPrompt, ToolOutcome};
use crate::provider::ToolDefinition;

/// How long a server may take to end by itself.
const GRACE: Duration = Duration::from_millis(200);
/// How long a server over HTTP may take to forget the session.
const HTTP_GRACE: Duration = Duration::from_secs(1);

/// A started server. Its process is gone when this is.
pub(crate) struct McpSession {
    name: String,
    listed: Mutex<(u64, Arc<[ToolDefinition]>)>,
    prompts: Vec<McpPrompt>,
    client: Client,
    link: Link,
    inbox: Arc<Inbox>,
    /// What the server said of itself.
    peer: Option<Arc<ServerPeerInfo>>,
}

impl McpSession {
    pub(crate) fn new(name: String, started: Started, link: Link, inbox: Arc<Inbox>) -> Self {
        let Started { client, tools, prompts } = started;
        let (listed, peer) = (Mutex::new((0, tools.into())), client.peer_info());
        McpSession { name, listed, prompts, client, link, inbox, peer }
    }

    /// Calls `tool` by its own name.
    pub(crate) async fn call_tool(&self, tool: &str, arguments: Map<String, Value>) -> Result<ToolOutcome, AgentError> {
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

    /// Lists the tools again if the server said that they changed.
    pub(crate) async fn follow_changes(&self) -> Result<(), AgentError> {
        // What arrived before the last answer may still be handled.
        tokio::task::yield_now().await;
        if !self.inbox.take_tools_changed() {
            return Ok(());
        }
        let tools = match list_again(&self.client, &self.link).await {
            Ok(tools) => tools,
            Err(error) => return Err(self.link.with_stderr(error).await.of_server(&self.name)),
        };
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        *listed = (listed.0 + 1, tools.into());
        Ok(())
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

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the server can be asked no more.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_transport_closed()
    }

    /// The tools as they were last listed, and how often they changed.
    pub(crate) fn listed(&self) -> (u64, Arc<[ToolDefinition]>) {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The prompts that the server offered when it started.
    pub(crate) fn prompts(&self) -> &[McpPrompt] {
        &self.prompts
    }

    /// What the server says about its use.
    pub(crate) fn instructions(&self) -> Option<&str> {
        self.peer.as_ref()?.instructions.as_deref()
    }

    /// What the server told since the last time.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.inbox.take().into_iter().map(|line| format!("tool server `{}`: {line}", self.name)).collect()
    }
}
