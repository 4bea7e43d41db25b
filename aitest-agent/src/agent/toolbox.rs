use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aitest_runtime::host::{self, ToolSpec};
use futures_util::future::{join_all, ready, try_join_all};
use serde_json::{Map, Value};

use super::offer::{Offer, Source};
use super::{AgentError, McpPrompt};
use crate::provider::{BoxFuture, Image, ToolDefinition};

/// A server of tools that is not started yet.
pub(crate) trait ToolServer: Send + Sync + fmt::Debug {
    fn start(&self) -> BoxFuture<'_, Result<Box<dyn ToolSession>, AgentError>>;
}

/// A started server. Dropping it stops it at once; `shutdown` lets it end by itself.
pub(crate) trait ToolSession: Send + Sync {
    fn name(&self) -> &str;

    /// The tools as they were last listed.
    fn tools(&self) -> Arc<[ToolDefinition]>;

    /// Lists the tools again if the server said that they changed. Whether it did.
    ///
    /// # Errors
    /// The server died.
    fn refresh(&self) -> BoxFuture<'_, Result<bool, AgentError>> {
        Box::pin(ready(Ok(false)))
    }

    /// Whether its tools are offered whatever `allowed_tools` says.
    fn is_always_offered(&self) -> bool {
        false
    }

    /// The prompts that the server offers.
    fn prompts(&self) -> &[McpPrompt] {
        &[]
    }

    /// What the server says about its use.
    fn instructions(&self) -> Option<&str> {
        None
    }

    /// What the server told since the last time: a line each.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

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

/// Which of the servers' tools are offered.
#[derive(Clone, Debug)]
pub(crate) struct AllowedTools {
    pub(crate) names: Arc<[String]>,
    /// A file's names may be those of another host's own tools: `Read`, `search`.
    pub(crate) may_be_unknown: bool,
}

/// The started servers of one run, and what they offer.
pub(crate) struct Toolbox {
    sessions: Vec<Box<dyn ToolSession>>,
    allowed: Option<AllowedTools>,
    offer: Mutex<Arc<Offer>>,
    /// What is to be told of the start.
    notes: Mutex<Vec<String>>,
}

impl Toolbox {
    /// Starts all servers beside each other. If one fails, the others are stopped. The start is no work of the
    /// iteration: its time limit stands still, and each server has a limit of its own.
    pub(crate) async fn start(
        servers: &[Arc<dyn ToolServer>],
        allowed: Option<AllowedTools>,
    ) -> Result<Self, AgentError> {
        let waiting = (!servers.is_empty()).then(host::waiting);
        let sessions = try_join_all(servers.iter().map(|server| server.start())).await?;
        drop(waiting);
        let toolbox = Toolbox { sessions, allowed, offer: Mutex::default(), notes: Mutex::default() };
        toolbox.offer(true)?;
        Ok(toolbox)
    }

    /// Makes the offer anew from what the servers listed last.
    fn offer(&self, strict: bool) -> Result<(), AgentError> {
        let listed = self.sessions.iter().map(|session| session.tools()).collect::<Vec<_>>();
        let sources =
            self.sessions.iter().map(|session| Source { name: session.name(), always: session.is_always_offered() });
        let sources = sources.collect::<Vec<_>>();
        let servers = sources.iter().zip(&listed).map(|(source, tools)| (source.name, &**tools)).collect::<Vec<_>>();
        let mut offer = Offer::of(&servers);
        if let Some(AllowedTools { names, may_be_unknown }) = &self.allowed {
            if strict && *may_be_unknown {
                self.note_unknown(&offer.unknown(names, &sources));
            }
            offer = offer.only(names, &sources, strict && !may_be_unknown)?;
        }
        *self.offer.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(offer);
        Ok(())
    }

    /// Another host's own tools are no error, but a misspelt name would look the same.
    fn note_unknown(&self, names: &[String]) {
        if !names.is_empty() {
            let note = format!("no server offers these tools of the agent's file: {}", names.join(", "));
            self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
        }
    }

    fn offered(&self) -> Arc<Offer> {
        Arc::clone(&self.offer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The tools as they are now, if a server said that they changed.
    pub(crate) async fn changed(&self) -> Result<Option<Vec<ToolDefinition>>, AgentError> {
        let changed = try_join_all(self.sessions.iter().map(|session| session.refresh())).await?;
        if !changed.contains(&true) {
            return Ok(None);
        }
        self.offer(false)?;
        Ok(Some(self.definitions()))
    }

    /// The tools that may be called, in the servers' order.
    pub(crate) fn definitions(&self) -> Vec<ToolDefinition> {
        self.offered().tools().iter().map(|tool| tool.definition.clone()).collect()
    }

    /// The same for the record.
    pub(crate) fn specs(&self) -> Vec<ToolSpec> {
        let offer = self.offered();
        let specs = offer.tools().iter().map(|tool| ToolSpec {
            server: self.sessions[tool.server].name().to_owned(),
            name: tool.definition.name.clone(),
            description: tool.definition.description.clone(),
            schema: serde_json::to_string(&*tool.definition.schema).unwrap_or_default(),
        });
        specs.collect()
    }

    /// The prompts of all servers, in the servers' order.
    pub(crate) fn prompts(&self) -> Vec<McpPrompt> {
        self.sessions.iter().flat_map(|session| session.prompts()).cloned().collect()
    }

    /// The server of the tool that is offered as `name`, and the tool's own name there.
    pub(crate) fn own_name(&self, name: &str) -> (Option<String>, String) {
        match self.offered().tool(name) {
            Some(tool) => (Some(self.sessions[tool.server].name().to_owned()), tool.own_name.clone()),
            None => (None, name.to_owned()),
        }
    }

    /// `system` and what the servers say about their use, in the servers' order.
    pub(crate) fn system_prompt(&self, system: Option<Arc<str>>) -> Option<Arc<str>> {
        let said = self.sessions.iter().filter_map(|session| {
            let text = session.instructions()?.trim();
            (!text.is_empty()).then(|| format!("Instructions of the tool server `{}`:\n{text}", session.name()))
        });
        let said = said.collect::<Vec<_>>();
        if said.is_empty() {
            return system;
        }
        let parts = system.iter().map(ToString::to_string).chain(said);
        Some(parts.collect::<Vec<_>>().join("\n\n").into())
    }

    /// What the servers told since the last time.
    pub(crate) fn notes(&self) -> Vec<String> {
        let own = std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner));
        own.into_iter().chain(self.sessions.iter().flat_map(|session| session.notes())).collect()
    }

    /// Calls the tool that is offered as `name`. What the model did wrong is a failed call.
    pub(crate) async fn call(&self, name: &str, arguments: &str) -> Result<ToolOutcome, AgentError> {
        let offer = self.offered();
        let Some(tool) = offer.tool(name) else {
            return Ok(ToolOutcome::failed(unknown(name, &offer.names())));
        };
        match parse_arguments(arguments) {
            Ok(arguments) => self.sessions[tool.server].call(&tool.own_name, arguments).await,
            Err(message) => Ok(ToolOutcome::failed(message)),
        }
    }

    /// Lets all servers end by themselves.
    pub(crate) async fn shutdown(self) {
        join_all(self.sessions.into_iter().map(ToolSession::shutdown)).await;
    }
}

fn unknown(tool: &str, known: &[&str]) -> String {
    match known.is_empty() {
        true => format!("unknown tool `{tool}`: there are no tools"),
        false => format!("unknown tool `{tool}`: there are {}", known.join(", ")),
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
