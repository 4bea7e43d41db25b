use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aitest_runtime::host::ToolSpec;
use futures_util::future::{join_all, try_join_all};
use serde_json::{Map, Value};

use super::AgentError;
use crate::provider::{BoxFuture, Image, ToolDefinition};

/// A server of tools that is not started yet.
pub(crate) trait ToolServer: Send + Sync + fmt::Debug {
    fn start(&self) -> BoxFuture<'_, Result<Box<dyn ToolSession>, AgentError>>;
}

/// A started server. Dropping it stops it at once; `shutdown` lets it end by itself.
pub(crate) trait ToolSession: Send + Sync {
    fn name(&self) -> &str;

    fn tools(&self) -> &[ToolDefinition];

    /// # Errors
    /// The server died.
    fn call<'a>(
        &'a self,
        tool: &'a str,
        arguments: Map<String, Value>,
    ) -> BoxFuture<'a, Result<ToolOutcome, AgentError>>;

    fn shutdown(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// What a tool answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToolOutcome {
    /// The result, or why the call failed, as the model is told.
    pub(crate) text: String,
    pub(crate) images: Vec<Image>,
    pub(crate) is_error: bool,
}

impl ToolOutcome {
    pub(crate) fn failed(why: impl Into<String>) -> Self {
        ToolOutcome { text: why.into(), is_error: true, ..ToolOutcome::default() }
    }
}

/// The started servers of one run.
pub(crate) struct Toolbox {
    sessions: Vec<Box<dyn ToolSession>>,
    /// Place of the server of each tool that may be called.
    owners: BTreeMap<String, usize>,
}

impl Toolbox {
    /// Starts all servers beside each other. If one fails, the others are stopped.
    pub(crate) async fn start(servers: &[Arc<dyn ToolServer>], allowed: Option<&[String]>) -> Result<Self, AgentError> {
        let sessions = try_join_all(servers.iter().map(|server| server.start())).await?;
        let mut owners = BTreeMap::new();
        for (place, session) in sessions.iter().enumerate() {
            for tool in session.tools() {
                if let Some(first) = owners.insert(tool.name.clone(), place) {
                    return Err(AgentError::DuplicateTool {
                        tool: tool.name.clone(),
                        first: sessions[first].name().to_owned(),
                        second: session.name().to_owned(),
                    });
                }
            }
        }
        if let Some(allowed) = allowed {
            if let Some(tool) = allowed.iter().find(|tool| !owners.contains_key(*tool)) {
                return Err(AgentError::UnknownAllowedTool {
                    tool: tool.clone(),
                    offered: owners.into_keys().collect(),
                });
            }
            owners.retain(|tool, _| allowed.contains(tool));
        }
        Ok(Toolbox { sessions, owners })
    }

    /// The tools that may be called, in the servers' order.
    pub(crate) fn definitions(&self) -> Vec<ToolDefinition> {
        self.offered().map(|(_, tool)| tool.clone()).collect()
    }

    /// The same for the record.
    pub(crate) fn specs(&self) -> Vec<ToolSpec> {
        self.offered()
            .map(|(session, tool)| ToolSpec {
                server: session.name().to_owned(),
                name: tool.name.clone(),
                description: tool.description.clone(),
                schema: serde_json::to_string(&*tool.schema).unwrap_or_default(),
            })
            .collect()
    }

    fn offered(&self) -> impl Iterator<Item = (&dyn ToolSession, &ToolDefinition)> {
        let tools = self.sessions.iter().flat_map(|session| session.tools().iter().map(move |tool| (&**session, tool)));
        tools.filter(|(_, tool)| self.owners.contains_key(&tool.name))
    }

    /// The name of the server that has `tool`.
    pub(crate) fn server_of(&self, tool: &str) -> Option<&str> {
        self.owners.get(tool).map(|place| self.sessions[*place].name())
    }

    /// Calls `tool`. What the model did wrong is a failed call.
    pub(crate) async fn call(&self, tool: &str, arguments: &str) -> Result<ToolOutcome, AgentError> {
        let Some(place) = self.owners.get(tool) else {
            return Ok(ToolOutcome::failed(self.unknown(tool)));
        };
        match parse_arguments(arguments) {
            Ok(arguments) => self.sessions[*place].call(tool, arguments).await,
            Err(message) => Ok(ToolOutcome::failed(message)),
        }
    }

    fn unknown(&self, tool: &str) -> String {
        let known = self.owners.keys().map(String::as_str).collect::<Vec<_>>();
        match known.is_empty() {
            true => format!("unknown tool `{tool}`: there are no tools"),
            false => format!("unknown tool `{tool}`: there are {}", known.join(", ")),
        }
    }

    /// Lets all servers end by themselves.
    pub(crate) async fn shutdown(self) {
        join_all(self.sessions.into_iter().map(ToolSession::shutdown)).await;
    }
}

/// Arguments are one JSON object. Nothing and `null` are what some servers send for none.
fn parse_arguments(arguments: &str) -> Result<Map<String, Value>, String> {
    if arguments.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(arguments) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_) => Err("the arguments are not a JSON object".to_owned()),
        Err(error) => Err(format!("the arguments are not valid JSON: {error}")),
    }
}
