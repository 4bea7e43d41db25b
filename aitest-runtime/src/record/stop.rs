use serde::{Deserialize, Serialize};

use super::Percent;

/// When a test ends before its last iteration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopRule {
    /// Never: every iteration runs.
    #[default]
    Never,
    /// As soon as no outcome of the rest can change the verdict.
    Decided,
    /// As soon as a sequential test accepts one of two rates, or as `Decided`.
    Sprt(Sprt),
}

impl StopRule {
    /// Whether every iteration runs.
    pub fn is_never(&self) -> bool {
        *self == StopRule::Never
    }
}

/// Wald's sequential probability ratio test of a pass rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sprt {
    /// The rate that must be caught.
    pub p0: Percent,
    /// The wanted rate.
    pub p1: Percent,
    /// The chance to accept p1 where p0 is true.
    pub alpha: Percent,
    /// The chance to accept p0 where p1 is true.
    pub beta: Percent,
}

/// How a stop rule ended a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// What ended it.
    pub by: StoppedBy,
    /// After how many iterations; those in flight then were finished and count as well.
    pub after: u32,
}

/// What ended a test before its last iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoppedBy {
    /// No outcome of the rest could change the verdict.
    Decided,
    /// The sequential test accepted the wanted rate.
    Accepted,
    /// The sequential test accepted the rate that must be caught.
    Rejected,
}

/// Why an iteration never started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkippedBy {
    /// The test's stop rule: no outcome of the rest could change the verdict.
    Decided,
    /// The test's stop rule: the sequential test accepted a rate.
    Sprt,
    /// The run's budget, `AITEST_MAX_COST`.
    MaxCost,
    /// The run's time, `AITEST_MAX_DURATION`.
    MaxDuration,
    /// An earlier iteration's thread that cannot be ended.
    LeakedThread,
}

impl SkippedBy {
    /// Whether a stop rule left it out.
    pub fn is_stop_rule(self) -> bool {
        matches!(self, SkippedBy::Decided | SkippedBy::Sprt)
    }
}

impl From<StoppedBy> for SkippedBy {
    fn from(rule: StoppedBy) -> Self {
        match rule {
            StoppedBy::Decided => SkippedBy::Decided,
            StoppedBy::Accepted | StoppedBy::Rejected => SkippedBy::Sprt,
        }
    }
}
