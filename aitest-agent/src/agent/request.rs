use std::future::IntoFuture;

use super::{Agent, AgentError, AgentResult, run};
use crate::provider::BoxFuture;

/// A run that begins when it is awaited: what [`Agent::run`] returns.
#[derive(Clone, Debug)]
#[must_use = "the run begins when this is awaited"]
pub struct RunRequest {
    pub(crate) agent: Agent,
    pub(crate) prompt: String,
}

impl IntoFuture for RunRequest {
    type Output = Result<AgentResult, AgentError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    /// # Errors
    /// The infrastructure failed: the provider cannot be asked or does not answer, a server does not start or dies.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(run::run(self.agent, self.prompt))
    }
}
