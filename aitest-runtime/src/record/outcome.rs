use serde::{Deserialize, Serialize};

/// How one iteration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The body returned without a failure.
    Passed,
    /// An assertion failed, the body panicked or returned an error.
    Failed,
    /// The subject was too slow. Graded, and not passed.
    TimedOut,
    /// The infrastructure failed: says nothing about the subject.
    Errored,
    /// Never started: a limit, a stop rule or a leaked worker came first.
    Skipped,
    /// Started and never finished: the process ended first.
    Interrupted,
}

impl Outcome {
    /// Whether the iteration says something about the subject: passed, failed or timed out.
    pub const fn is_graded(self) -> bool {
        matches!(self, Outcome::Passed | Outcome::Failed | Outcome::TimedOut)
    }

    /// The name in the journal and the results: `passed`, `timed_out`, …
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::TimedOut => "timed_out",
            Outcome::Errored => "errored",
            Outcome::Skipped => "skipped",
            Outcome::Interrupted => "interrupted",
        }
    }
}

/// What the graded iterations of a test say together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stability {
    /// All graded iterations passed.
    Reliable,
    /// Some passed.
    Flaky,
    /// None passed.
    Broken,
    /// None was graded.
    Unknown,
}

/// How a test's outcomes were judged. libtest sees all but `Passed` as a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// The threshold was reached.
    Passed,
    /// The threshold was missed, or the configuration cannot be read.
    Failed,
    /// What is missing could change the verdict, or what there is does not show the rate surely enough.
    Inconclusive,
    /// Too little was graded to judge.
    NotGraded,
}

/// Why a verdict is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The pass rate reached the threshold.
    ThresholdMet,
    /// The pass rate missed the threshold.
    ThresholdMissed,
    /// Flaky, without a threshold of its own, in a run with a gate: reported, judged by the gate.
    LeftToRunGate,
    /// No iteration was graded.
    NothingGraded,
    /// More iterations errored than the budget allows.
    ErrorBudgetExceeded,
    /// The threshold lies between the bounds of the rate at the wanted confidence.
    ConfidenceNotReached,
    /// A sequential test accepted one of its two rates.
    SequentialTest,
    /// A gate of the test's own is not met, or could not be evaluated.
    GateMissed,
    /// Known to be flaky until a day to come: reported, not blocking.
    KnownFlaky,
    /// Skipped or interrupted iterations could change the verdict.
    IterationsMissing,
    /// A setting cannot be read.
    BadConfiguration,
}

/// The judgement of one test with its reason in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The judgement.
    pub verdict: VerdictKind,
    /// Why, for programs.
    pub reason: Reason,
    /// Why, for people: `3/5 iterations passed (60 %), needs 80 %`.
    pub message: String,
}
