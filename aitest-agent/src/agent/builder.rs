use std::sync::Arc;
use std::time::Duration;

use aitest_runtime::host::AgentIdentity;

use super::toolbox::{AllowedTools, ToolServer};
use super::{ClarificationDetection, PromptPart, RunRequest};
use crate::files::PromptSource;
use crate::provider::Provider;
use crate::skill::Skill;

/// A model, its tools and its limits. Plain data, cheap to clone; every run starts its own servers.
///
/// ```
/// # use aitest_agent as aitest;
/// use aitest::{Agent, Provider};
///
/// let agent = Agent::new(Provider::new("openai/gpt-5-mini"))
///     .system_prompt("You are a teller. Use the tools.")
///     .max_turns(6);
/// ```
#[derive(Clone, Debug)]
pub struct Agent {
    pub(crate) provider: Provider,
    pub(crate) servers: Vec<Arc<dyn ToolServer>>,
    pub(crate) system_prompt: Option<Arc<str>>,
    /// What the system prompt is made of.
    pub(crate) prompt_parts: Vec<PromptPart>,
    /// The name of the file that the system prompt is from.
    pub(crate) prompt_name: Option<Arc<str>>,
    pub(crate) skills: Vec<Arc<Skill>>,
    pub(crate) name: Option<Arc<str>>,
    pub(crate) max_turns: u32,
    pub(crate) retries: u32,
    pub(crate) timeout: Option<Duration>,
    pub(crate) allowed_tools: Option<AllowedTools>,
    pub(crate) clarification: Option<ClarificationDetection>,
}

impl Agent {
    /// An agent without tools.
    pub fn new(provider: impl Into<Provider>) -> Self {
        Agent {
            provider: provider.into(),
            servers: Vec::new(),
            system_prompt: None,
            prompt_parts: Vec::new(),
            prompt_name: None,
            skills: Vec::new(),
            name: None,
            max_turns: 10,
            retries: 1,
            timeout: None,
            allowed_tools: None,
            clarification: None,
        }
    }

    /// The system prompt: a text, or a loaded [`SystemPrompt`](crate::SystemPrompt), whose name is then part of the
    /// agent's in reports. None by default.
    #[must_use]
    pub fn system_prompt(mut self, prompt: impl Into<PromptSource>) -> Self {
        let PromptSource { name, text } = prompt.into();
        self.prompt_parts = vec![PromptPart::prompt(name.as_deref(), &text)];
        (self.prompt_name, self.system_prompt) = (name, Some(text));
        self
    }

    /// The name in reports; by default `provider/model`, and the names of the system prompt and
    /// the skills.
    #[must_use]
    pub fn named(mut self, name: impl AsRef<str>) -> Self {
        self.name = Some(name.as_ref().into());
        self
    }

    /// How often the model is asked in one run, 10 by default. Without an answer by then the run has no success.
    #[must_use]
    pub fn max_turns(mut self, turns: u32) -> Self {
        self.max_turns = turns;
        self
    }

    /// How many turns in a row may hold a failed call of the same tool and go on, 1 by default. A failed call is a
    /// result marked as an error, arguments that are no JSON object, or a tool that does not exist: the model is told
    /// so and may do better. One more, and the run ends without success.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// The longest that a run may work, from the first request on; by default the test's time limit alone holds.
    /// Pauses for a provider do not count. At the limit the run ends without success.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Offers only these of the servers' tools: by their own names, as `server.tool` or `server.*`, or as they are offered to
    /// the model. A name that no server offers is the run's error.
    ///
    /// A tool is offered under its own name. One that several servers have is offered as `server_tool`; characters
    /// that providers do not accept become `_`, and names above 64 characters are cut. Results and reports show the
    /// server and the tool's own name.
    #[must_use]
    pub fn allowed_tools<T: Into<String>>(mut self, tools: impl IntoIterator<Item = T>) -> Self {
        let names = tools.into_iter().map(Into::into).collect();
        self.allowed_tools = Some(AllowedTools { names, may_be_unknown: false });
        self
    }

    /// Watches for answers that ask back instead of doing the task; off by default.
    #[must_use]
    pub fn detect_clarification(mut self, detection: ClarificationDetection) -> Self {
        self.clarification = Some(detection);
        self
    }

    /// Gives the agent `prompt`. The run begins when what is returned is awaited.
    ///
    /// ```no_run
    /// # use aitest_agent as aitest;
    /// # async fn test() -> Result<(), aitest::AgentError> {
    /// use aitest::{Agent, Provider};
    ///
    /// let result = Agent::new(Provider::new("openai/gpt-5-mini")).run("What is 2 + 2?").await?;
    /// assert!(result.success && result.final_response.contains('4'));
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(&self, prompt: impl Into<String>) -> RunRequest {
        RunRequest::new(self.clone(), prompt.into())
    }

    pub(crate) fn identity(&self) -> AgentIdentity {
        let (provider, model) = self.provider.identity();
        let skills = self.skills.iter().map(|skill| skill.name.clone()).collect();
        let (name, prompt) = (self.name.as_deref().map(str::to_owned), self.prompt_name.as_deref().map(str::to_owned));
        let follows_setting = self.provider.follows_setting();
        AgentIdentity { name, provider, model, follows_setting, prompt, skills }
    }

    /// The system prompt, and after it the texts of the skills.
    pub(crate) fn instructions(&self) -> Option<Arc<str>> {
        if self.skills.is_empty() {
            return self.system_prompt.clone();
        }
        let skills = self.skills.iter().map(|skill| {
            let Skill { name, instructions, .. } = &**skill;
            format!("Instructions of the skill `{name}`:\n{instructions}")
        });
        let parts = self.system_prompt.iter().map(ToString::to_string).chain(skills);
        Some(parts.collect::<Vec<_>>().join("\n\n").into())
    }
}
