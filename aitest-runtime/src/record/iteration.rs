use serde::{Deserialize, Serialize};

use super::{IterationKey, Outcome, RunId, SkippedBy, Spend, Turn};

/// Everything that one execution of a test body left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IterationRecord {
    /// Which execution this is.
    pub key: IterationKey,
    /// The seed of the iteration.
    pub seed: u64,
    /// The run that it is kept from, where a later run counts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_from: Option<RunId>,
    /// How it ended.
    pub outcome: Outcome,
    /// When it began, in milliseconds since 1970-01-01 UTC.
    pub started_at_ms: u64,
    /// Wall time in microseconds.
    pub duration_us: u64,
    /// The part of `duration_us` spent waiting: in limiters, in back-off, for the start of tool servers.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waited_us: u64,
    /// Why it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Why it never started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped_by: Option<SkippedBy>,
    /// Tokens and money of the subject.
    #[serde(default, skip_serializing_if = "Spend::is_empty")]
    pub agent: Spend,
    /// Tokens and money of judges.
    #[serde(default, skip_serializing_if = "Spend::is_empty")]
    pub judge: Spend,
    /// Labels of the agents that ran, in the order of their first run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<String>,
    /// Whether an agent asked the model that the setting `model` names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub follows_model: bool,
    /// What they were given, by the ids of [`AgentSetup`](super::AgentSetup)s, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setups: Vec<String>,
    /// The steps of a session, in order; empty for other tests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// What was said and called, over all agent runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// The last answer of the last agent run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_response: Option<String>,
    /// Requests that were sent again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retries: Vec<Retry>,
    /// What the test noted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What the test attached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What was asserted with aitest's own helpers, passed ones included, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assertions: Vec<Assertion>,
}

/// One step of a session. Why it did not pass is the iteration's failure: it was the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The function's name.
    pub name: String,
    /// How it ended; skipped when it was not reached.
    pub outcome: Outcome,
    /// Wall time in microseconds.
    pub duration_us: u64,
    /// Where its turns begin in those of the iteration, from 0.
    pub first_turn: u32,
    /// How many turns it took.
    pub turns: u32,
}

impl IterationRecord {
    /// Whether a stop rule left it out: nothing went wrong.
    pub fn is_left_out(&self) -> bool {
        self.skipped_by.is_some_and(SkippedBy::is_stop_rule)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Why an iteration did not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What failed.
    pub kind: FailureKind,
    /// The message, whole.
    pub message: String,
    /// `file:line:column` where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Symbolised frames: of a test's first failing iteration, or of all with `RUST_BACKTRACE` set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backtrace: Option<String>,
}

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// An assertion of the test: `assert!`, `assert_eq!` and what says `assertion` at the beginning of its message. One
    /// with words of its own is known by its source, and without that a [`FailureKind::Panic`].
    Assert,
    /// A judge said no, or could not be read.
    Judge,
    /// A tool server.
    Tool,
    /// A model's provider.
    Provider,
    /// Any other panic.
    Panic,
    /// A time limit.
    Timeout,
    /// An error that the body returned.
    Error,
    /// An error that the test marked as one of the infrastructure.
    Infrastructure,
    /// Anything else.
    #[serde(other)]
    Other,
}

/// One request sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// What ended the request before: `429 Too Many Requests`.
    pub why: String,
    /// The pause before the next one, in milliseconds.
    pub wait_ms: u64,
}

/// One assertion that aitest can tell about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assertion {
    /// What was expected, in one line: "`transfer` is called with {"amount":100}".
    pub expected: String,
    /// Whether it held.
    pub passed: bool,
    /// What was the case instead; empty when it held.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub actual: String,
    /// `file:line:column` of the test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// A text that a test attached to its iteration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The name given.
    pub name: String,
    /// The text.
    pub text: String,
}
