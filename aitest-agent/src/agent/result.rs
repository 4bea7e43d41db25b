use std::time::Duration;

use aitest_runtime::host::{Cost, TokenUsage, ToolCall, Turn};
use serde::Serialize;
use serde_json::Value;

use super::StopReason;
use super::subset::contains;

/// What an agent did with a prompt.
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
}

impl AgentResult {
    /// All tool calls in the order in which the model asked for them, failed ones included.
    pub fn tool_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.turns.iter().flat_map(|turn| &turn.calls)
    }

    /// Whether the model called `tool`, successfully or not.
    pub fn tool_was_called(&self, tool: &str) -> bool {
        self.calls_of(tool).next().is_some()
    }

    /// Whether the model called `tool` with at least these arguments.
    ///
    /// `expected` is anything that serializes to JSON, such as `json!({ "account": "savings" })`. Objects may hold more
    /// than expected, at any depth; arrays hold exactly the expected elements; numbers are compared by value, so
    /// `100` is `100.0`.
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// # fn check(result: &aitest::AgentResult) {
    /// use serde_json::json;
    ///
    /// assert!(result.tool_was_called_with("transfer", json!({ "amount": 100 })));
    /// # }
    /// ```
    pub fn tool_was_called_with(&self, tool: &str, expected: impl Serialize) -> bool {
        let Ok(expected) = serde_json::to_value(expected) else { return false };
        self.calls_of(tool).filter_map(arguments).any(|arguments| contains(&arguments, &expected))
    }

    /// How often the model called `tool`.
    pub fn tool_call_count(&self, tool: &str) -> usize {
        self.calls_of(tool).count()
    }

    /// The value of `argument` in the first call of `tool` that has it.
    pub fn tool_call_arg(&self, tool: &str, argument: &str) -> Option<Value> {
        self.calls_of(tool).filter_map(arguments).find_map(|arguments| arguments.get(argument).cloned())
    }

    fn calls_of(&self, tool: &str) -> impl Iterator<Item = &ToolCall> {
        self.tool_calls().filter(move |call| call.tool == tool)
    }
}

fn arguments(call: &ToolCall) -> Option<Value> {
    match call.arguments.trim() {
        "" => Some(Value::Object(serde_json::Map::new())),
        text => serde_json::from_str(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use aitest_runtime::host::Role;
    use serde_json::json;

    use super::*;

    fn result(calls: &[(&str, &str)]) -> AgentResult {
        let mut turn = Turn::text(Role::Assistant, "");
        for (tool, arguments) in calls {
            let (tool, arguments) = ((*tool).to_owned(), (*arguments).to_owned());
            turn.calls.push(ToolCall { tool, arguments, ..ToolCall::default() });
        }
        AgentResult { turns: vec![turn], ..AgentResult::default() }
    }

    #[test]
    fn questions_about_calls() {
        let result = result(&[("t", "{\"a\":"), ("t", r#"{"a":1,"b":{"c":2,"d":3}}"#), ("u", "")]);
        assert_eq!((result.tool_call_count("t"), result.tool_call_count("v")), (2, 0));
        assert!(result.tool_was_called("u") && !result.tool_was_called("v"));
        assert!(result.tool_was_called_with("t", json!({"b": {"c": 2.0}})));
        assert!(!result.tool_was_called_with("t", json!({"b": {"c": 3}})));
        assert!(result.tool_was_called_with("u", json!({})));
        assert_eq!(result.tool_call_arg("t", "a"), Some(json!(1)));
        assert_eq!(result.tool_call_arg("t", "z"), None);
    }
}
