use super::TestSummary;
use crate::record::{Policy, Reason, Verdict, VerdictKind};

/// Judges a test, in this order: nothing graded, error budget, missing iterations that could change the verdict, the
/// rate against the threshold.
pub fn judge(summary: &TestSummary, policy: &Policy) -> Verdict {
    let graded = summary.graded();
    let budget = policy.max_errored.of(u32::try_from(summary.planned).unwrap_or(u32::MAX));
    if graded == 0 {
        return nothing_graded(summary);
    }
    if summary.errored > budget {
        return Verdict {
            verdict: VerdictKind::NotGraded,
            reason: Reason::ErrorBudgetExceeded,
            message: format!(
                "{} of {} iterations errored, the budget is {budget} (max_errored); {}",
                summary.errored,
                summary.planned,
                rate_text(summary)
            ),
        };
    }
    let missing = summary.missing();
    // What is missing could come out as passed, as failed, or as errored beyond the budget.
    let best = verdict_of(summary.passed + missing, graded + missing, policy);
    let worst = verdict_of(summary.passed, graded + missing, policy);
    let could_exceed_budget = missing > 0 && summary.errored + missing > budget;
    if best.0 != worst.0 || (worst.0 == VerdictKind::Passed && could_exceed_budget) {
        return Verdict {
            verdict: VerdictKind::Inconclusive,
            reason: Reason::IterationsMissing,
            message: format!("{missing} of {} iterations are missing; {}", summary.planned, rate_text(summary)),
        };
    }
    let (verdict, reason) = verdict_of(summary.passed, graded, policy);
    Verdict { verdict, reason, message: message(summary, policy, reason) }
}

fn verdict_of(passed: u64, graded: u64, policy: &Policy) -> (VerdictKind, Reason) {
    if passed >= policy.min_pass_rate.of(graded) {
        return (VerdictKind::Passed, Reason::ThresholdMet);
    }
    let is_flaky = 0 < passed && passed < graded;
    if policy.run_gate && !policy.own_threshold && is_flaky {
        return (VerdictKind::Passed, Reason::LeftToRunGate);
    }
    (VerdictKind::Failed, Reason::ThresholdMissed)
}

fn nothing_graded(summary: &TestSummary) -> Verdict {
    let message = match (summary.errored, summary.missing()) {
        (0, _) => format!("none of {} iterations finished", summary.planned),
        (errored, 0) => format!("all {errored} iterations errored: nothing is known about the subject"),
        (errored, missing) => format!("{errored} iterations errored and {missing} did not finish: nothing was graded"),
    };
    Verdict { verdict: VerdictKind::NotGraded, reason: Reason::NothingGraded, message }
}

fn message(summary: &TestSummary, policy: &Policy, reason: Reason) -> String {
    let rate = rate_text(summary);
    match reason {
        Reason::LeftToRunGate => format!("{rate}, flaky; left to the run's gate"),
        Reason::ThresholdMissed => format!("{rate}, needs {}", policy.min_pass_rate),
        _ => rate,
    }
}

/// `3/5 iterations passed (60 %)`, with what was not counted.
fn rate_text(summary: &TestSummary) -> String {
    let graded = summary.graded();
    let percent = super::percent_text(summary.passed, graded);
    let mut text = format!("{}/{graded} iterations passed ({percent})", summary.passed);
    for (count, word) in
        [(summary.errored, "errored"), (summary.skipped, "skipped"), (summary.interrupted, "interrupted")]
    {
        if count > 0 {
            text.push_str(&format!(", {count} {word}"));
        }
    }
    text
}
