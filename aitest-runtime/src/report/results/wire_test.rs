use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::wire_stats::is_zero;
use super::{Gate, KnownFlaky, Needed, OfRun, Split, Stats, Step, StepStats, Turn, Word};
use crate::record::{
    Assertion, Attachment, Outcome, Reason, Retry, SettingRecord, Stability, Stopped, TestId, VerdictKind,
    selected_name, test_name,
};

/// One test and case; its reruns are pooled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Test<'a> {
    /// Stable between runs.
    pub id: TestId,
    /// Module path and function, without the case.
    pub path: Cow<'a, str>,
    /// Cargo package.
    #[serde(default)]
    pub package: Cow<'a, str>,
    /// Crate of the test binary.
    #[serde(default)]
    pub target: Cow<'a, str>,
    /// The case, for tests with `agents`, `models` or `cases`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Cow<'a, str>>,
    /// Whether the case is known when the test runs alone: the runner selects the test without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named_when_run: bool,
    /// One line for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Cow<'a, str>>,
    /// Source file.
    #[serde(default)]
    pub file: Cow<'a, str>,
    /// Line of the attribute.
    #[serde(default)]
    pub line: u32,
    /// A hash of the function's source; comments, layout and attributes are not in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Cow<'a, str>>,
    /// What its agents were given, by the ids of [`Setup`](super::Setup)s.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setups: Vec<Cow<'a, str>>,
    /// The models that providers say they served, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub served_models: Vec<Cow<'a, str>>,
    /// The agent's id; absent when no iteration ran one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Cow<'a, str>>,
    /// Whether iterations asked the model that the setting `model` names, `AITEST_MODEL` say.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub follows_model: bool,
    /// The last execution by the runner, from 1.
    #[serde(default = "one")]
    pub rerun: u32,
    /// The process of the last rerun.
    #[serde(default)]
    pub process: Cow<'a, str>,
    /// What the graded iterations say together; after a rerun that did not pass never `reliable`.
    pub stability: Word<Stability>,
    /// The last rerun's verdict; absent when it did not finish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict<'a>>,
    /// How it is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Its threshold, then its gates, and whether they were met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// Why it may fail for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_flaky: Option<KnownFlaky<'a>>,
    /// How a stop rule ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
    /// What it would take to show its rate; absent where that is shown, or refuted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed: Option<Needed>,
    /// Its settings.
    #[serde(default)]
    pub settings: Cow<'a, [SettingRecord]>,
    /// Its result in the baseline, without one in the newest earlier run that is kept; only of a test that did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<OfRun>,
    /// Wall time over all reruns; absent when one did not finish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Counts, rates and sums.
    #[serde(default)]
    pub stats: Stats,
    /// The steps of a session, in order, over all iterations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepStats<'a>>,
    /// The last attempt of every iteration, by rerun and number.
    #[serde(default)]
    pub iterations: Vec<Iteration<'a>>,
    /// Attempts that do not count: paid for, not judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_attempts: Vec<Iteration<'a>>,
}

impl Test<'_> {
    /// What a person calls the test: `transfer::gpt_5_mini`, `greets[polite]`.
    pub fn name(&self) -> String {
        test_name(&self.path, self.case.as_deref(), self.named_when_run)
    }

    /// The test as libtest selects it.
    pub(in crate::report) fn selected_name(&self) -> String {
        selected_name(&self.path, self.case.as_deref(), self.named_when_run)
    }
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_one(number: &u32) -> bool {
    *number == 1
}

/// The judgement of one test.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdict<'a> {
    /// The judgement.
    pub verdict: Word<VerdictKind>,
    /// Why, for programs.
    pub reason: Word<Reason>,
    /// Why, for people.
    #[serde(default)]
    pub message: Cow<'a, str>,
}

/// How a test is judged.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// Passed ÷ graded must reach this, 0 to 1.
    pub min_pass_rate: f64,
    /// Whether the test gave the threshold itself.
    #[serde(default)]
    pub own_threshold: bool,
    /// How many iterations may error.
    #[serde(default)]
    pub max_errored: u64,
    /// Whether the run's gate judges flaky tests without a threshold of their own.
    #[serde(default)]
    pub run_gate: bool,
    /// How surely the rate must reach it, 0 to 1; absent where the observed rate decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// One execution of the test's body.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Iteration<'a> {
    /// Its number, from 1.
    pub n: u32,
    /// Which rerun it belongs to.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub rerun: u32,
    /// Which attempt it is.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub attempt: u32,
    /// The run that it is kept from; absent where this run ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_from: Option<Cow<'a, str>>,
    /// How it ended.
    pub outcome: Word<Outcome>,
    /// When it began.
    #[serde(default)]
    pub started_at: String,
    /// Wall time.
    #[serde(default)]
    pub duration_ms: u64,
    /// The part of it spent waiting in limiters and back-off.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waited_ms: u64,
    /// Its seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The agent's id, where it is not the test's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Cow<'a, str>>,
    /// Why it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure<'a>>,
    /// Tokens and money.
    #[serde(default)]
    pub spend: Split,
    /// The steps of a session, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step<'a>>,
    /// Requests that were sent again.
    #[serde(default, skip_serializing_if = "<[Retry]>::is_empty")]
    pub retries: Cow<'a, [Retry]>,
    /// What the test noted.
    #[serde(default, skip_serializing_if = "<[String]>::is_empty")]
    pub notes: Cow<'a, [String]>,
    /// What was said and called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn<'a>>,
    /// The last answer.
    #[serde(default, rename = "final", skip_serializing_if = "Option::is_none")]
    pub final_response: Option<Cow<'a, str>>,
    /// What the test attached.
    #[serde(default, skip_serializing_if = "<[Attachment]>::is_empty")]
    pub attachments: Cow<'a, [Attachment]>,
    /// What was asserted with aitest's own helpers, passed ones included, in order.
    #[serde(default, skip_serializing_if = "<[Assertion]>::is_empty")]
    pub assertions: Cow<'a, [Assertion]>,
}

impl Iteration<'_> {
    /// How it ended; a word that this version does not know counts as errored.
    pub fn outcome(&self) -> Outcome {
        self.outcome.known().unwrap_or(Outcome::Errored)
    }
}

/// Why an iteration did not pass.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failure<'a> {
    /// `assert`, `judge`, `tool`, `provider`, `panic`, `timeout`, `error`, `infrastructure`, `other`.
    #[serde(default)]
    pub kind: Cow<'a, str>,
    /// The message, whole.
    #[serde(default)]
    pub message: Cow<'a, str>,
    /// `file:line:column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Cow<'a, str>>,
    /// The id of its cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cow<'a, str>>,
    /// Symbolised frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backtrace: Option<Cow<'a, str>>,
}
