use tokio::sync::{Mutex, MutexGuard};

use super::toolbox::Toolbox;
use super::{Agent, AgentError};

/// The started servers that a run uses.
pub(crate) enum Servers<'s> {
    /// They end with the run.
    Own(Toolbox),
    /// They go on after the run. While it lasts, no other run of the session begins.
    Session(MutexGuard<'s, Option<Toolbox>>),
}

impl Servers<'_> {
    pub(crate) async fn start(agent: &Agent) -> Result<Self, AgentError> {
        Toolbox::start(&agent.servers, agent.allowed_tools.clone()).await.map(Servers::Own)
    }

    pub(crate) fn toolbox(&self) -> &Toolbox {
        match self {
            Servers::Own(toolbox) => toolbox,
            Servers::Session(toolbox) => match &**toolbox {
                Some(toolbox) => toolbox,
                None => unreachable!("they are started before they are handed out"),
            },
        }
    }

    /// The run is over: lets its own servers end by themselves.
    pub(crate) async fn release(self) {
        if let Servers::Own(toolbox) = self {
            toolbox.shutdown().await;
        }
    }
}

/// The servers of a session, started by its first run.
#[derive(Default)]
pub(crate) struct SharedServers(Mutex<Option<Toolbox>>);

impl SharedServers {
    pub(crate) async fn start(&self, agent: &Agent) -> Result<Servers<'_>, AgentError> {
        let mut toolbox = self.0.lock().await;
        if toolbox.is_none() {
            *toolbox = Some(Toolbox::start(&agent.servers, agent.allowed_tools.clone()).await?);
        }
        Ok(Servers::Session(toolbox))
    }

    /// Lets all servers end by themselves.
    pub(crate) async fn end(&self) {
        let toolbox = self.0.lock().await.take();
        if let Some(toolbox) = toolbox {
            toolbox.shutdown().await;
        }
    }
}
