use std::fmt;

use super::lines;
use crate::record::TestId;

/// A change between two runs, and the tests whose results it may explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// What changed.
    pub change: Change,
    /// The tests that it is in, in the order of the later run.
    pub tests: Vec<TestId>,
}

/// What one run had in one way and the other in another.
///
/// `Display` says it in one line: `` `transfer`: description changed ``.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// What it is about.
    pub subject: Subject,
    /// The name of the skill, server, tool or parameter; empty otherwise.
    pub name: String,
    /// What it was; `None` when it was not there.
    pub before: Option<String>,
    /// What it is; `None` when it is no longer there.
    pub after: Option<String>,
}

/// What a [`Change`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// The source of the test's function, as a hash.
    TestSource,
    /// The model that was asked for.
    RequestedModel,
    /// The models that the provider says it served.
    ServedModel,
    /// The system prompt.
    SystemPrompt,
    /// A skill's text.
    Skill,
    /// A server, as the listing of its tools.
    Server,
    /// A tool that came or went, as its description.
    Tool,
    /// A tool's description.
    ToolDescription,
    /// The JSON Schema of a tool's arguments.
    ToolSchema,
    /// What else was asked for, such as `temperature`.
    Parameter,
}

impl Change {
    /// The lines of a text that differ, behind `- ` and `+ `, with two lines around them. Empty of what came or went,
    /// and of what `Display` shows whole.
    pub fn diff(&self) -> String {
        let is_text = matches!(
            self.subject,
            Subject::SystemPrompt | Subject::Skill | Subject::Server | Subject::ToolDescription | Subject::ToolSchema
        );
        match (&self.before, &self.after) {
            (Some(before), Some(after)) if is_text => lines::diff(before, after),
            _ => String::new(),
        }
    }

    fn how(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, how) = (&self.name, self.how());
        let [before, after] = [&self.before, &self.after].map(|value| value.as_deref().unwrap_or("not set"));
        match self.subject {
            Subject::TestSource => write!(f, "the test's source {how}"),
            Subject::RequestedModel => write!(f, "requested model: {before} → {after}"),
            Subject::ServedModel => write!(f, "served model: {before} → {after}"),
            Subject::SystemPrompt => write!(f, "system prompt {how}"),
            Subject::Skill => write!(f, "skill `{name}` {how}"),
            // Of an own agent's requests, which name no server.
            Subject::Server if name.is_empty() => write!(f, "tools {how}"),
            Subject::Server => write!(f, "server `{name}` {how}"),
            Subject::Tool => write!(f, "tool `{name}` {how}"),
            Subject::ToolDescription => write!(f, "`{name}`: description {how}"),
            Subject::ToolSchema => write!(f, "`{name}`: schema {how}"),
            Subject::Parameter => write!(f, "`{name}`: {before} → {after}"),
        }
    }
}
