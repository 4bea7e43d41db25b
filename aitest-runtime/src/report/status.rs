use super::results::Test;
use crate::record::{Stability, VerdictKind};

/// The one word that page and terminal show for a test: its stability, unless the verdict says that the pass rate
/// cannot be relied on. In the order of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// No graded iteration passed, or the configuration cannot be read.
    Fail,
    /// Some passed.
    Flaky,
    /// Too little was graded to judge.
    Errored,
    /// What is missing could change the verdict.
    Inconclusive,
    /// All graded iterations passed.
    Pass,
}

impl Status {
    pub(crate) fn of(test: &Test<'_>) -> Self {
        let verdict = test.verdict.as_ref().map(|verdict| verdict.verdict.known());
        let stability = test.stability.known().unwrap_or(Stability::Unknown);
        match (stability, verdict) {
            (Stability::Flaky, _) => Status::Flaky,
            (Stability::Broken, _) | (_, Some(Some(VerdictKind::Failed))) => Status::Fail,
            (Stability::Reliable, Some(Some(VerdictKind::Passed))) => Status::Pass,
            (_, Some(Some(VerdictKind::NotGraded))) if test.stats.counts.errored > 0 => Status::Errored,
            _ => Status::Inconclusive,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Pass => "PASS",
            Status::Flaky => "FLAKY",
            Status::Fail => "FAIL",
            Status::Errored => "ERRORED",
            Status::Inconclusive => "INCONCLUSIVE",
        }
    }
}
