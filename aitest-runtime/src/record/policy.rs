use serde::{Deserialize, Serialize};

use super::{KnownFlaky, Percent, StopRule, TestGate};

/// How a test's outcomes are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Passed ÷ graded must reach this.
    pub min_pass_rate: Percent,
    /// Whether the test gave the threshold itself.
    #[serde(default)]
    pub own_threshold: bool,
    /// How many iterations may error.
    pub max_errored: ErrorBudget,
    /// Whether the run has a gate of its own, which judges flaky tests without a threshold.
    #[serde(default)]
    pub run_gate: bool,
    /// How surely the rate must reach the threshold; `None` where the observed rate decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Percent>,
    /// When the test ends before its last iteration.
    #[serde(default, skip_serializing_if = "StopRule::is_never")]
    pub stop: StopRule,
}

/// Every graded iteration must pass, none may error.
impl Default for Policy {
    fn default() -> Self {
        Policy {
            min_pass_rate: Percent::ALL,
            own_threshold: false,
            max_errored: ErrorBudget::Count(0),
            run_gate: false,
            confidence: None,
            stop: StopRule::Never,
        }
    }
}

impl Policy {
    /// The confidence that counts: a threshold of 100 % is judged without one, since no number of iterations shows it.
    pub fn confidence(&self) -> Option<Percent> {
        self.confidence.filter(|_| self.min_pass_rate < Percent::ALL)
    }
}

/// How many iterations of a test may be errored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorBudget {
    /// That many.
    Count(u32),
    /// That share of the planned iterations, rounded down.
    Share(Percent),
}

impl ErrorBudget {
    /// The budget in iterations, of `planned` ones.
    pub fn of(self, planned: u32) -> u64 {
        match self {
            ErrorBudget::Count(count) => u64::from(count),
            ErrorBudget::Share(share) => share.floor_of(u64::from(planned)),
        }
    }
}

/// What a test is judged by beside its pass rate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Its gates, in the order of the attribute.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<TestGate>,
    /// Why it may fail for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_flaky: Option<KnownFlaky>,
}
