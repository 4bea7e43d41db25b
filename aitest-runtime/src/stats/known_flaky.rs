use super::{TestSummary, clopper_pearson_lower, iterations_to_show};
use crate::record::{Date, KnownFlaky, Percent, Policy, Reason, Verdict, VerdictKind};

/// The rate that clean iterations must show before a test without a threshold is said to be no longer flaky.
const STEADY: f64 = 0.9;
/// How surely.
const CONFIDENCE: f64 = 0.95;

/// The verdict of a test that is known to be flaky. Until the day it names, what would fail or be inconclusive passes
/// with its reason; a test that was not graded is no flaky one. After it the verdict stands.
pub fn excuse(verdict: Verdict, known: &KnownFlaky, today: Date) -> Verdict {
    let KnownFlaky { reason, until } = known;
    if !matches!(verdict.verdict, VerdictKind::Failed | VerdictKind::Inconclusive) {
        return verdict;
    }
    let message = verdict.message;
    if today > *until {
        let message =
            format!("{message}; it was known to be flaky until {until} ({reason}): fix it, or set a new date");
        return Verdict { message, ..verdict };
    }
    Verdict {
        verdict: VerdictKind::Passed,
        reason: Reason::KnownFlaky,
        message: format!("{message}; does not block: known to be flaky until {until} ({reason})"),
    }
}

/// What a passing run says of a test that is known to be flaky: `Ok` when it shows with 95 % confidence that the test
/// reaches its threshold, or 90 % where that is 100; `Err` with the number of clean iterations that would.
/// `None` when an iteration did not pass.
pub fn no_longer_flaky(summary: &TestSummary, policy: &Policy) -> Option<Result<(), u64>> {
    let (passed, graded) = (summary.passed, summary.graded());
    if graded == 0 || passed < graded || summary.missing() > 0 || summary.errored > 0 {
        return None;
    }
    let rate = if policy.min_pass_rate < Percent::ALL { policy.min_pass_rate.fraction() } else { STEADY };
    let lower = clopper_pearson_lower(passed, graded, CONFIDENCE).ok()?;
    if lower >= rate { Some(Ok(())) } else { iterations_to_show(rate, 0, CONFIDENCE).ok().map(Err) }
}
