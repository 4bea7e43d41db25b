use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::servers::SharedServers;
use super::values::{MissingValue, Values};
use super::{Agent, RunRequest};
use crate::provider::Message;

/// A conversation of several prompts with one agent, on the same servers.
///
/// The servers start with the first run and live as long as the session, since what they keep is part of the
/// conversation. They end with [`end`](Session::end), or when the session is dropped.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # async fn test() -> Result<(), aitest::AgentError> {
/// let mut session = aitest::Agent::new("openai/gpt-5-mini").session();
/// let balance = session.run("What is my balance?").await?;
/// let transfer = session.run("Move half of it to savings.").await?;
/// assert_eq!(transfer.session_context_count(), balance.messages().len());
/// session.end().await;
/// # Ok(())
/// # }
/// ```
pub struct Session {
    agent: Agent,
    conversation: Arc<Conversation>,
    values: Values,
}

/// What the runs of a session share.
#[derive(Default)]
pub(crate) struct Conversation {
    pub(crate) servers: SharedServers,
    messages: Mutex<Vec<Message>>,
}

impl Conversation {
    /// What was said so far.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn go_on_from(&self, messages: Vec<Message>) {
        *self.messages.lock().unwrap_or_else(PoisonError::into_inner) = messages;
    }
}

impl Agent {
    /// Begins a conversation of several prompts.
    pub fn session(&self) -> Session {
        Session { agent: self.clone(), conversation: Arc::default(), values: Values::default() }
    }
}

impl Session {
    /// Gives the agent the next prompt. The run begins when what is returned is awaited, after those of the session
    /// that began before it.
    ///
    /// A run that ends without success is part of the conversation, one that ends in an error is not.
    pub fn run(&self, prompt: impl Into<String>) -> RunRequest {
        let session = Some(Arc::clone(&self.conversation));
        RunRequest { session, ..RunRequest::new(self.agent.clone(), prompt.into()) }
    }

    /// The agent.
    pub fn agent(&self) -> &Agent {
        &self.agent
    }

    /// What was said so far, without the system prompt.
    pub fn messages(&self) -> Vec<Message> {
        self.conversation.messages()
    }

    /// Keeps a value for later steps, one of each type: the next of the same type replaces it.
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// # fn steps(s: &mut aitest::Session) -> Result<(), aitest::MissingValue> {
    /// struct Balance(u64);
    ///
    /// s.set(Balance(1_500));
    /// assert_eq!(s.get::<Balance>()?.0, 1_500);
    /// # Ok(())
    /// # }
    /// # steps(&mut aitest::Agent::new("openai/gpt-5-mini").session()).unwrap();
    /// ```
    #[track_caller]
    pub fn set<T: Send + Sync + 'static>(&mut self, value: T) {
        self.values.set(value);
    }

    /// The value of type `T` that an earlier step kept.
    ///
    /// # Errors
    /// No step has set one. The message names the type, and what was set where.
    pub fn get<T: Send + Sync + 'static>(&self) -> Result<&T, MissingValue> {
        self.values.get()
    }

    /// Lets the servers end by themselves. Dropping the session ends them at once.
    pub async fn end(self) {
        self.conversation.servers.end().await;
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("agent", &self.agent).field("values", &self.values).finish_non_exhaustive()
    }
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversation").finish_non_exhaustive()
    }
}
