use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};

use super::session::McpSession;
use crate::agent::{AgentError, McpPrompt, ToolOutcome, ToolSession};
use crate::provider::{BoxFuture, ToolDefinition};

/// A run's hold on a started server: its own, or one that others hold too.
pub(crate) struct Attached {
    session: Arc<McpSession>,
    /// Which list of tools the run has seen.
    seen: AtomicU64,
}

impl Attached {
    pub(crate) fn new(session: Arc<McpSession>) -> Self {
        let seen = AtomicU64::new(session.listed().0);
        Attached { session, seen }
    }

    /// Others may have listed the tools again meanwhile.
    async fn list_again(&self) -> Result<bool, AgentError> {
        self.session.follow_changes().await?;
        let now = self.session.listed().0;
        Ok(self.seen.swap(now, Ordering::AcqRel) != now)
    }
}

impl ToolSession for Attached {
    fn name(&self) -> &str {
        self.session.name()
    }

    fn tools(&self) -> Arc<[ToolDefinition]> {
        self.session.listed().1
    }

    fn refresh(&self) -> BoxFuture<'_, Result<bool, AgentError>> {
        Box::pin(self.list_again())
    }

    fn prompts(&self) -> &[McpPrompt] {
        self.session.prompts()
    }

    fn instructions(&self) -> Option<&str> {
        self.session.instructions()
    }

    fn notes(&self) -> Vec<String> {
        self.session.notes()
    }

    fn call<'a>(
        &'a self,
        tool: &'a str,
        arguments: Map<String, Value>,
    ) -> BoxFuture<'a, Result<ToolOutcome, AgentError>> {
        Box::pin(self.session.call_tool(tool, arguments))
    }

    /// A server that others hold goes on.
    fn shutdown(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            if let Some(session) = Arc::into_inner(self.session) {
                session.end().await;
            }
        })
    }
}
