use std::fmt::Display;
use std::time::Duration;

use super::Iteration;
use super::collected::{Collected, OwnAgent};
use crate::record::{Role, Spend, TokenUsage, ToolCall, Turn};
use crate::{price, redact};

/// What an agent of the test's own does, told by hand. It stands in the report as what aitest's own agent does.
///
/// ```
/// # use std::time::Duration;
/// use aitest_runtime::Iteration;
/// # use aitest_runtime::record::TokenUsage;
///
/// fn tell(it: &Iteration) {
///     it.set_agent("teller", "openai/gpt-5-mini");
///     it.record_prompt("What is my balance?");
///     it.record_turn("", TokenUsage::new(210, 18), Duration::from_millis(900));
///     let balance: Result<&str, std::fmt::Error> = Ok("1,500.00");
///     it.record_tool_call("get_balance", r#"{"account":"checking"}"#, balance, Duration::from_millis(3));
///     it.record_turn("You have $1,500.00.", TokenUsage::new(245, 9), Duration::from_millis(700));
/// }
/// ```
impl Iteration {
    /// Names the agent and its model, `provider/model` or a model alone: what comes after it is this agent's, and
    /// priced by this model. An agent behind a tap takes the name too.
    pub fn set_agent(&self, name: impl AsRef<str>, model: impl AsRef<str>) {
        let name = redact::redact(name.as_ref());
        let mut collected = self.adds("`set_agent` was called");
        collected.add_agent(&name);
        collected.own_agent = Some(OwnAgent { name, model: model.as_ref().to_owned() });
    }

    /// Adds the system prompt to the transcript.
    pub fn record_system_prompt(&self, text: impl AsRef<str>) {
        self.said(Role::System, text.as_ref(), "`record_system_prompt` was called");
    }

    /// Adds a prompt to the transcript.
    pub fn record_prompt(&self, text: impl AsRef<str>) {
        self.said(Role::User, text.as_ref(), "`record_prompt` was called");
    }

    /// Adds a model's answer to the transcript, empty when it only calls tools, and books its tokens: do not give them to
    /// [`record_usage`](Iteration::record_usage) too. `None` is an answer whose tokens are unknown, and so is its cost.
    /// The last text is the iteration's final response.
    pub fn record_turn(&self, text: impl AsRef<str>, usage: impl Into<Option<TokenUsage>>, duration: Duration) {
        let (text, usage) = (redact::redact(text.as_ref()), usage.into());
        let mut collected = self.adds("`record_turn` was called");
        collected.book(usage);
        if !text.is_empty() {
            collected.final_response = Some(text.clone());
        }
        collected.turns.push(Turn { ms: milliseconds(duration), usage, ..Turn::text(Role::Assistant, text) });
    }

    /// Adds a call of the tool `name` to the answer that asked for it, the latest. `arguments` are JSON, a `Value` or its
    /// text, malformed included; `result` is what the model was told, an `Err` for a call that failed.
    pub fn record_tool_call(
        &self,
        name: impl AsRef<str>,
        arguments: impl Display,
        result: Result<impl Display, impl Display>,
        duration: Duration,
    ) {
        let (result, error) = match result {
            Ok(text) => (Some(text.to_string()), None),
            Err(text) => (None, Some(text.to_string())),
        };
        let call = redact::redact_call(ToolCall {
            tool: name.as_ref().to_owned(),
            arguments: arguments.to_string(),
            result,
            error,
            ms: milliseconds(duration),
            ..ToolCall::default()
        });
        let mut collected = self.adds("`record_tool_call` was called");
        match collected.turns.last_mut() {
            Some(turn) if turn.role == Role::Assistant => turn.calls.push(call),
            _ => collected.turns.push(Turn { calls: vec![call], ..Turn::text(Role::Assistant, "") }),
        }
    }

    fn said(&self, role: Role, text: &str, what: &str) {
        let turn = Turn::text(role, redact::redact(text));
        self.adds(what).turns.push(turn);
    }
}

impl Collected {
    /// Books the tokens of one answer of the test's own agent.
    fn book(&mut self, usage: Option<TokenUsage>) {
        let model = self.own_agent.as_ref().map(|agent| agent.model.clone());
        let cost = usage.zip(model.as_deref()).and_then(|(usage, model)| price::cost_of(model, &usage));
        if let (Some(_), Some(model)) = (usage, &model) {
            self.note_price(model, cost);
        }
        self.agent += Spend { usage: usage.unwrap_or_default(), cost, unpriced: u64::from(cost.is_none()) };
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
