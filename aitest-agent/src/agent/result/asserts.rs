use std::panic::Location;

use aitest_runtime::host::{self, Assertion};
use serde::Serialize;
use serde_json::Value;

use super::AgentResult;
use super::digest::{answer, arguments, calls, cut};

/// Assertions. Each is kept in the iteration's record, whether it holds or not, and returns the result, so that they can
/// be chained. The message of one that fails shows what was called instead, and arguments side by side.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # async fn test(agent: aitest::Agent) -> Result<(), aitest::AgentError> {
/// use serde_json::json;
///
/// let result = agent.run("Transfer $100 to savings.").await?;
/// result
///     .assert_success()
///     .assert_tool_called_with("transfer", json!({ "to": "savings", "amount": 100 }))
///     .assert_not_called("withdraw")
///     .assert_response_contains("savings");
/// # Ok(())
/// # }
/// ```
///
/// # Panics
/// All panic when what they assert does not hold.
impl AgentResult {
    /// The model came to an answer by itself.
    #[track_caller]
    pub fn assert_success(&self) -> &Self {
        self.check("the agent comes to an answer", self.success, || match self.tool_calls().next() {
            Some(_) => format!("{}\n{}", answer(self), calls(self)),
            None => answer(self),
        })
    }

    /// The model called `tool`, successfully or not.
    #[track_caller]
    pub fn assert_tool_called(&self, tool: &str) -> &Self {
        self.check(&format!("`{tool}` is called"), self.tool_was_called(tool), || calls(self))
    }

    /// The model called `tool` exactly `count` times.
    #[track_caller]
    pub fn assert_tool_call_count(&self, tool: &str, count: usize) -> &Self {
        let actual = self.tool_call_count(tool);
        self.check(&format!("`{tool}` is called {}", times(count)), actual == count, || {
            format!("it was called {}; {}", times(actual), calls(self))
        })
    }

    /// The model called `tool` with at least these arguments, compared as
    /// [`tool_was_called_with`](AgentResult::tool_was_called_with) does.
    #[track_caller]
    pub fn assert_tool_called_with(&self, tool: &str, expected: impl Serialize) -> &Self {
        let expected = serde_json::to_value(expected).unwrap_or_else(|error| {
            panic!("assertion failed: the expected arguments of `{tool}` cannot be written as JSON: {error}")
        });
        let holds = self.was_called_with(tool, &expected);
        self.check(&format!("`{tool}` is called with {}", cut(&expected.to_string())), holds, || {
            self.not_called_with(tool, &expected)
        })
    }

    /// These tools were called in this order; other calls may stand between.
    #[track_caller]
    pub fn assert_called_in_order<'t>(&self, tools: impl IntoIterator<Item = &'t str>) -> &Self {
        let tools: Vec<&str> = tools.into_iter().collect();
        let holds = self.called_in_order(tools.iter().copied());
        self.check(&format!("called in this order: {}", names(&tools)), holds, || calls(self))
    }

    /// No other tools than these were called.
    #[track_caller]
    pub fn assert_only_called<'t>(&self, tools: impl IntoIterator<Item = &'t str>) -> &Self {
        let tools: Vec<&str> = tools.into_iter().collect();
        let holds = self.called_only(tools.iter().copied());
        self.check(&format!("no other tools are called than {}", names(&tools)), holds, || {
            let others: Vec<&str> = self.tool_names_called().into_iter().filter(|name| !tools.contains(name)).collect();
            format!("others are {}; {}", names(&others), calls(self))
        })
    }

    /// `tool` was never called.
    #[track_caller]
    pub fn assert_not_called(&self, tool: &str) -> &Self {
        self.check(&format!("`{tool}` is never called"), self.never_called(tool), || calls(self))
    }

    /// The answer contains `text`, in the same case.
    #[track_caller]
    pub fn assert_response_contains(&self, text: &str) -> &Self {
        let holds = self.success && self.final_response.contains(text);
        self.check(&format!("the answer contains {text:?}"), holds, || answer(self))
    }

    /// The answer does not contain `text`, in the same case. Without an answer this fails.
    #[track_caller]
    pub fn assert_response_lacks(&self, text: &str) -> &Self {
        let holds = self.success && !self.final_response.contains(text);
        self.check(&format!("the answer does not contain {text:?}"), holds, || answer(self))
    }

    /// The answer does not ask back. Fails also when nobody watched for it:
    /// [`Agent::detect_clarification`](crate::Agent::detect_clarification).
    #[track_caller]
    pub fn assert_no_clarification(&self) -> &Self {
        let asked = self.asked_for_clarification();
        self.check("the agent does not ask for clarification", asked == Some(false), || match asked {
            Some(_) => answer(self),
            None => format!("that is unknown, since no model judged an answer; {}", answer(self)),
        })
    }

    fn not_called_with(&self, tool: &str, expected: &Value) -> String {
        match self.tool_calls_for(tool) {
            none if none.is_empty() => calls(self),
            made => arguments(&made, expected),
        }
    }

    /// Records the assertion, and panics when it does not hold. The message begins as that of `assert!`, by which the
    /// iteration's failure is told from other panics.
    #[track_caller]
    fn check(&self, expected: &str, holds: bool, actual: impl FnOnce() -> String) -> &Self {
        let location = Some(Location::caller().to_string());
        let actual = if holds { String::new() } else { actual() };
        let recorded = Assertion { expected: expected.to_owned(), passed: holds, actual: actual.clone(), location };
        host::record_assertion(recorded);
        assert!(holds, "assertion failed: {expected}\n{actual}");
        self
    }
}

fn times(count: usize) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

fn names(tools: &[&str]) -> String {
    match tools {
        [] => "none".to_owned(),
        tools => tools.iter().map(|tool| format!("`{tool}`")).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use serde_json::json;

    use super::*;
    use crate::agent::{StopReason, ToolCall, Turn};

    fn result() -> AgentResult {
        let call = |name: &str, arguments: &str, error: Option<&str>| ToolCall {
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            error: error.map(str::to_owned),
            ..ToolCall::default()
        };
        let tool_calls = vec![
            call("get_balance", r#"{"account":"checking"}"#, None),
            call("transfer", r#"{"amount":10,"to":"savings","memo":"x"}"#, Some("no money")),
        ];
        AgentResult {
            success: true,
            final_response: "I could not.".to_owned(),
            turns: vec![Turn { tool_calls, ..Turn::default() }],
            ..AgentResult::default()
        }
    }

    fn message(check: impl for<'r> FnOnce(&'r AgentResult) -> &'r AgentResult) -> String {
        let result = result();
        let panic = catch_unwind(AssertUnwindSafe(|| check(&result))).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    }

    #[test]
    fn what_holds_can_be_chained() {
        result()
            .assert_success()
            .assert_tool_called("transfer")
            .assert_tool_call_count("transfer", 1)
            .assert_tool_called_with("transfer", json!({ "amount": 10.0 }))
            .assert_called_in_order(["get_balance", "transfer"])
            .assert_only_called(["get_balance", "transfer", "deposit"])
            .assert_not_called("deposit")
            .assert_response_contains("could not")
            .assert_response_lacks("done");
    }

    const CALLED: &str = "called were 2 tools:\n  1. get_balance({\"account\":\"checking\"})\n  \
                          2. transfer({\"amount\":10,\"to\":\"savings\",\"memo\":\"x\"}) → failed: no money";

    #[test]
    fn a_message_says_what_was_called_instead() {
        let told = |expected: &str| format!("assertion failed: {expected}\n{CALLED}");
        assert_eq!(message(|r| r.assert_tool_called("deposit")), told("`deposit` is called"));
        assert_eq!(message(|r| r.assert_not_called("transfer")), told("`transfer` is never called"));
        assert_eq!(
            message(|r| r.assert_called_in_order(["transfer", "get_balance"])),
            told("called in this order: `transfer`, `get_balance`")
        );
        assert_eq!(
            message(|r| r.assert_only_called(["transfer"])),
            format!("assertion failed: no other tools are called than `transfer`\nothers are `get_balance`; {CALLED}")
        );
        assert_eq!(
            message(|r| r.assert_tool_call_count("transfer", 2)),
            format!("assertion failed: `transfer` is called twice\nit was called once; {CALLED}")
        );
        assert_eq!(message(|r| r.assert_tool_called_with("deposit", json!({}))), told("`deposit` is called with {}"));
    }

    #[test]
    fn a_message_shows_arguments_side_by_side() {
        assert_eq!(
            message(|r| r
                .assert_tool_called_with("transfer", json!({ "amount": 100, "to": "savings", "from": "checking" }))),
            "assertion failed: `transfer` is called with {\"amount\":100,\"from\":\"checking\",\"to\":\"savings\"}\n\
             call 1 of 1 was made with:\n  \
             amount   expected 100          was 10   ← differs\n  \
             from     expected \"checking\"   was absent   ← differs\n  \
             to       expected \"savings\"    was \"savings\"\n  \
             memo     expected any          was \"x\""
        );
    }

    #[test]
    fn a_message_shows_the_answer() {
        assert_eq!(
            message(|r| r.assert_response_contains("Done")),
            "assertion failed: the answer contains \"Done\"\nthe answer was: I could not."
        );
        let error = Some(StopReason::MaxTurns { limit: 3 });
        let stopped = AgentResult { success: false, error, turns: Vec::new(), ..result() };
        let panic = catch_unwind(AssertUnwindSafe(|| stopped.assert_success())).unwrap_err();
        assert_eq!(
            panic.downcast_ref::<String>().unwrap(),
            "assertion failed: the agent comes to an answer\nthere is no answer: no answer after 3 turns (max_turns)"
        );
        assert!(catch_unwind(AssertUnwindSafe(|| stopped.assert_response_lacks("x"))).is_err());
    }
}
