use std::sync::Arc;
use std::time::Duration;

use aitest_runtime::host::{Cost, TokenUsage};

use super::super::{ClarificationStats, StopReason};
use super::{McpPrompt, ToolInfo, Turn};
use crate::provider::Message;
use crate::skill::Skill;

/// What an agent did with a prompt.
///
/// Its methods ask what happened; those named `assert_…` also keep the answer in the iteration's record.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # async fn test() -> Result<(), aitest::AgentError> {
/// let agent = aitest::Agent::new("openai/gpt-5-mini");
/// let result = agent.run("Transfer $100 to savings.").await?;
/// assert!(result.success, "{:?}", result.error);
/// assert!(result.called_in_order(["get_balance", "transfer"]));
///
/// let next = agent.run("And back again.").continue_from(&result).await?;
/// assert!(next.is_session_continuation());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AgentResult {
    /// Whether the model came to an answer by itself. Whether the answer is right is the test's to say.
    pub success: bool,
    /// Why there is no success.
    pub error: Option<StopReason>,
    /// The answer; empty without success.
    pub final_response: String,
    /// The model's replies, in order, with the calls that each asked for.
    pub turns: Vec<Turn>,
    /// Tokens of all turns, as far as they were reported.
    pub token_usage: TokenUsage,
    /// Cost of all turns; `None` when the price or the usage of one is unknown.
    pub cost: Option<Cost>,
    /// Wall time, the start and end of the servers included.
    pub duration: Duration,
    /// The agent's name in reports.
    pub agent_name: String,
    /// The requested model, without its provider.
    pub model: String,
    /// The name that [`RunRequest::prompt_name`](crate::RunRequest::prompt_name) gave the prompt.
    pub prompt_name: Option<String>,
    /// The tools that were offered, in the servers' order.
    pub available_tools: Vec<ToolInfo>,
    /// The prompts that the MCP servers offer, in the servers' order. The model is not told of them: they are for people
    /// to choose from.
    pub mcp_prompts: Vec<McpPrompt>,
    pub(crate) provider: String,
    pub(crate) skills: Vec<Arc<Skill>>,
    pub(crate) system_prompt: Option<Arc<str>>,
    pub(crate) messages: Vec<Message>,
    pub(crate) context_count: usize,
    pub(crate) clarification: Option<ClarificationStats>,
}

impl AgentResult {
    /// All that the model said, turn by turn; turns that only call tools left out.
    pub fn all_responses(&self) -> Vec<&str> {
        self.turns.iter().map(|turn| turn.text.as_str()).filter(|text| !text.is_empty()).collect()
    }

    /// The system prompt as it was sent; `None` when none was.
    pub fn effective_system_prompt(&self) -> Option<&str> {
        self.system_prompt.as_deref()
    }

    /// The agent's skills, in the order in which they were given to it.
    ///
    /// ```no_run
    /// # use aitest_agent as aitest;
    /// # fn test(result: &aitest::AgentResult) {
    /// let names: Vec<&str> = result.skill_info().map(|skill| skill.name.as_str()).collect();
    /// assert_eq!(names, ["money-transfers"]);
    /// # }
    /// ```
    pub fn skill_info(&self) -> impl ExactSizeIterator<Item = &Skill> {
        self.skills.iter().map(AsRef::as_ref)
    }

    /// The whole conversation: what the run began with, its prompt, replies and tool results. The system prompt is the
    /// agent's and not among them. Calls that never got their result are left out, so the messages can be continued.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// How many messages of an earlier conversation the run began with.
    pub fn session_context_count(&self) -> usize {
        self.context_count
    }

    /// Whether the answer asked back instead of doing the task; `None` when nobody watched for it, or there was no answer
    /// to look at.
    pub fn asked_for_clarification(&self) -> Option<bool> {
        self.clarification.as_ref().map(|stats| stats.count > 0)
    }

    /// How many answers asked back, as far as it was watched for.
    pub fn clarification_count(&self) -> Option<usize> {
        self.clarification.as_ref().map(|stats| stats.count)
    }

    /// What [`ClarificationDetection`](crate::ClarificationDetection) found, and what its model used.
    pub fn clarification_stats(&self) -> Option<&ClarificationStats> {
        self.clarification.as_ref()
    }

    /// Whether the run continued an earlier conversation.
    pub fn is_session_continuation(&self) -> bool {
        self.context_count > 0
    }
}
