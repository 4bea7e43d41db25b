use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use super::session::Conversation;
use super::{Agent, AgentError, AgentResult, ClarificationDetection, run};
use crate::provider::{BoxFuture, Message};

/// A run that begins when it is awaited: what [`Agent::run`] and [`Session::run`](crate::Session::run) return.
///
/// What is set here holds for this run alone.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # async fn test(agent: aitest::Agent) -> Result<(), aitest::AgentError> {
/// use std::time::Duration;
///
/// let balance = agent.run("What is my balance?").max_turns(3).timeout(Duration::from_secs(20)).await?;
/// let transfer = agent.run("Move half of it to savings.").continue_from(&balance).await?;
/// assert_eq!(transfer.session_context_count(), balance.messages().len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "the run begins when this is awaited"]
pub struct RunRequest {
    pub(crate) agent: Agent,
    pub(crate) prompt: String,
    pub(crate) prompt_name: Option<String>,
    /// The messages to begin with; `None` without any of an own.
    pub(crate) messages: Option<Vec<Message>>,
    pub(crate) session: Option<Arc<Conversation>>,
}

impl RunRequest {
    pub(crate) fn new(agent: Agent, prompt: String) -> Self {
        RunRequest { agent, prompt, prompt_name: None, messages: None, session: None }
    }

    /// How often the model is asked in this run, instead of [`Agent::max_turns`].
    pub fn max_turns(mut self, turns: u32) -> Self {
        self.agent.max_turns = turns;
        self
    }

    /// The longest that this run may work, instead of [`Agent::timeout`].
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.agent.timeout = Some(limit);
        self
    }

    /// The messages to begin with, before the prompt and after the agent's system prompt. In a session they replace
    /// what was said so far.
    pub fn messages(mut self, messages: impl IntoIterator<Item = Message>) -> Self {
        self.messages = Some(messages.into_iter().collect());
        self
    }

    /// Continues the conversation of `result`, as [`messages`](RunRequest::messages) with
    /// [`AgentResult::messages`]. The servers are new ones; those of a [`Session`](crate::Session) go on.
    ///
    /// Another agent may continue it. One of another provider sees the texts, calls and results, and not what only the
    /// first provider can read, such as signed thinking.
    pub fn continue_from(self, result: &AgentResult) -> Self {
        let is_same_provider = self.agent.identity().provider == result.provider;
        let messages = result.messages.iter().cloned().map(|message| match message {
            Message::Assistant(mut message) if !is_same_provider => {
                message.raw = None;
                Message::Assistant(message)
            }
            message => message,
        });
        self.messages(messages)
    }

    /// Watches for an answer that asks back, instead of [`Agent::detect_clarification`].
    pub fn detect_clarification(mut self, detection: ClarificationDetection) -> Self {
        self.agent.clarification = Some(detection);
        self
    }

    /// A name for the prompt, to be found again in [`AgentResult::prompt_name`]: that of its file, for example.
    pub fn prompt_name(mut self, name: impl Into<String>) -> Self {
        self.prompt_name = Some(name.into());
        self
    }
}

impl IntoFuture for RunRequest {
    type Output = Result<AgentResult, AgentError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    /// # Errors
    /// The infrastructure failed: the provider cannot be asked or does not answer, a server does not start or dies.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(run::run(self))
    }
}
