use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::super::subset::contains;
use super::arguments::at;
use super::{AgentResult, ToolCall};
use crate::provider::Image;

/// Questions about tool calls. Failed calls count as calls.
impl AgentResult {
    /// All tool calls in the order in which the model asked for them.
    pub fn tool_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.turns.iter().flat_map(|turn| &turn.tool_calls)
    }

    /// [`tool_calls`](AgentResult::tool_calls), collected.
    pub fn all_tool_calls(&self) -> Vec<&ToolCall> {
        self.tool_calls().collect()
    }

    /// The tools that the model called, each once.
    pub fn tool_names_called(&self) -> BTreeSet<&str> {
        self.tool_calls().map(|call| call.name.as_str()).collect()
    }

    /// The calls of `tool`, in order.
    pub fn tool_calls_for(&self, tool: &str) -> Vec<&ToolCall> {
        self.calls_of(tool).collect()
    }

    /// How often the model called `tool`.
    pub fn tool_call_count(&self, tool: &str) -> usize {
        self.calls_of(tool).count()
    }

    /// Whether the model called `tool`, successfully or not.
    pub fn tool_was_called(&self, tool: &str) -> bool {
        self.calls_of(tool).next().is_some()
    }

    /// Whether the model called `tool` of the server named `server`.
    pub fn tool_was_called_from_server(&self, tool: &str, server: &str) -> bool {
        self.calls_of(tool).any(|call| call.server.as_deref() == Some(server))
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
        self.was_called_with(tool, &expected)
    }

    pub(super) fn was_called_with(&self, tool: &str, expected: &Value) -> bool {
        self.calls_of(tool).filter_map(ToolCall::value).any(|arguments| contains(&arguments, expected))
    }

    /// The value of `argument`, a name or a JSON Pointer, in the first call of `tool` that has it.
    pub fn tool_call_arg(&self, tool: &str, argument: &str) -> Option<Value> {
        self.calls_of(tool).filter_map(ToolCall::value).find_map(|arguments| at(&arguments, argument).cloned())
    }

    /// The images that calls of `tool` returned, in order.
    pub fn tool_images_for(&self, tool: &str) -> Vec<&Image> {
        self.calls_of(tool).flat_map(|call| &call.images).collect()
    }

    /// Whether these tools were called in this order; other calls may stand between. Calls of one turn have the order
    /// in which the model asked for them.
    pub fn called_in_order<'t>(&self, tools: impl IntoIterator<Item = &'t str>) -> bool {
        let mut calls = self.tool_calls();
        tools.into_iter().all(|tool| calls.any(|call| call.name == tool))
    }

    /// Whether no other tools than these were called. Each may have been called or not.
    pub fn called_only<'t>(&self, tools: impl IntoIterator<Item = &'t str>) -> bool {
        let allowed: BTreeSet<&str> = tools.into_iter().collect();
        self.tool_names_called().is_subset(&allowed)
    }

    /// Whether `tool` was never called.
    pub fn never_called(&self, tool: &str) -> bool {
        !self.tool_was_called(tool)
    }

    fn calls_of(&self, tool: &str) -> impl Iterator<Item = &ToolCall> {
        self.tool_calls().filter(move |call| call.name == tool)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::agent::Turn;

    fn result(calls: &[(&str, &str)]) -> AgentResult {
        let tool_calls = calls.iter().map(|(name, arguments)| {
            let (name, arguments) = ((*name).to_owned(), (*arguments).to_owned());
            ToolCall { name, arguments, server: Some("s".to_owned()), ..ToolCall::default() }
        });
        let turn = Turn { tool_calls: tool_calls.collect(), ..Turn::default() };
        AgentResult { turns: vec![turn], ..AgentResult::default() }
    }

    #[test]
    fn questions_about_calls() {
        let result = result(&[("t", "{\"a\":"), ("t", r#"{"a":1,"b":{"c":2,"d":3}}"#), ("u", "")]);
        assert_eq!((result.tool_call_count("t"), result.tool_call_count("v")), (2, 0));
        assert!(result.tool_was_called("u") && !result.tool_was_called("v") && result.never_called("v"));
        assert!(result.tool_was_called_with("t", json!({"b": {"c": 2.0}})));
        assert!(!result.tool_was_called_with("t", json!({"b": {"c": 3}})));
        assert!(result.tool_was_called_with("u", json!({})));
        assert_eq!(result.tool_call_arg("t", "a"), Some(json!(1)));
        assert_eq!(result.tool_call_arg("t", "/b/c"), Some(json!(2)));
        assert_eq!(result.tool_call_arg("t", "z"), None);
        assert_eq!(result.tool_names_called().into_iter().collect::<Vec<_>>(), ["t", "u"]);
        assert_eq!((result.all_tool_calls().len(), result.tool_calls_for("t").len()), (3, 2));
        assert!(result.tool_was_called_from_server("t", "s") && !result.tool_was_called_from_server("t", "r"));
    }

    #[test]
    fn the_order_of_calls() {
        let result = result(&[("a", ""), ("b", ""), ("c", ""), ("b", "")]);
        for (tools, holds) in
            [(&["a", "c"][..], true), (&["b", "b"], true), (&["c", "a"], false), (&["a", "a"], false), (&[], true)]
        {
            assert_eq!(result.called_in_order(tools.iter().copied()), holds, "{tools:?}");
        }
        assert!(result.called_only(["a", "b", "c", "d"]) && !result.called_only(["a", "b"]));
        assert!(AgentResult::default().called_only([]));
    }

    #[test]
    fn arguments_are_read_by_name_and_pointer() {
        let result = result(&[("t", r#"{"address":{"city":"Oslo"},"n":[1,2],"a/b":true}"#), ("u", "{oops"), ("v", "")]);
        let calls = result.all_tool_calls();
        assert_eq!(calls[0].arg::<String>("/address/city").unwrap(), "Oslo");
        assert_eq!(calls[0].arg::<Vec<u8>>("n").unwrap(), [1, 2]);
        assert_eq!(calls[0].arg::<u8>("/n/1").unwrap(), 2);
        assert!(calls[0].arg::<bool>("a/b").unwrap() && calls[0].arg::<bool>("/a~1b").unwrap());
        assert_eq!(calls[2].json::<Value>().unwrap(), json!({}));
        assert_eq!(
            calls[0].arg::<u8>("/address/city").unwrap_err().to_string(),
            "argument `/address/city` of `t`: invalid type: string \"Oslo\", expected u8; the model wrote: \
             {\"address\":{\"city\":\"Oslo\"},\"n\":[1,2],\"a/b\":true}"
        );
        let missing = calls[2].arg::<u8>("amount").unwrap_err().to_string();
        assert_eq!(missing, "argument `amount` of `v`: there is no such argument; the model wrote: ");
        let malformed = calls[1].json::<Value>().unwrap_err().to_string();
        assert!(malformed.starts_with("the arguments of `u`: they are no JSON: key must be a string"), "{malformed}");
    }
}
