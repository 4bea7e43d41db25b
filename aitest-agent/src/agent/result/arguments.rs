use std::error::Error as StdError;
use std::fmt;

use serde_json::{Map, Value};

use super::ToolCall;

/// Why an argument of a tool call cannot be read. The model's doing, so a test that returns it fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentError {
    tool: String,
    path: String,
    problem: String,
    arguments: String,
}

impl ArgumentError {
    pub(super) fn new(call: &ToolCall, path: &str, problem: String) -> Self {
        let (tool, arguments) = (call.name.clone(), call.arguments.clone());
        ArgumentError { tool, path: path.to_owned(), problem, arguments }
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ArgumentError { tool, path, problem, arguments } = self;
        match path.is_empty() {
            true => write!(f, "the arguments of `{tool}`: {problem}; the model wrote: {arguments}"),
            false => write!(f, "argument `{path}` of `{tool}`: {problem}; the model wrote: {arguments}"),
        }
    }
}

impl StdError for ArgumentError {}

/// Arguments as JSON. Nothing is what some models write for none.
pub(super) fn parsed(arguments: &str) -> serde_json::Result<Value> {
    match arguments.trim() {
        "" => Ok(Value::Object(Map::new())),
        text => serde_json::from_str(text),
    }
}

/// The value at a JSON Pointer; a path without a slash is the name of an argument.
pub(super) fn at<'v>(arguments: &'v Value, path: &str) -> Option<&'v Value> {
    match path.is_empty() || path.starts_with('/') {
        true => arguments.pointer(path),
        false => arguments.get(path),
    }
}
