use super::{TestSummary, clopper_pearson_lower, clopper_pearson_upper, iterations_to_show};
use crate::record::{Percent, Policy, Reason, StoppedBy, Verdict, VerdictKind};

/// Judges a test by its pass rate, in this order: nothing graded, error budget, a sequential test that ended it,
/// missing iterations that could change the verdict, the rate against the threshold.
pub fn judge(summary: &TestSummary, policy: &Policy) -> Verdict {
    let budget = budget(summary, policy);
    if summary.graded() == 0 {
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
    match summary.stopped.map(|stopped| stopped.by) {
        Some(StoppedBy::Accepted) => return of(VerdictKind::Passed, Reason::SequentialTest, summary, policy),
        Some(StoppedBy::Rejected) => return of(VerdictKind::Failed, Reason::SequentialTest, summary, policy),
        Some(StoppedBy::Decided) | None => {}
    }
    // What is missing could come out as passed, as failed, or as errored beyond the budget. What a stop rule left out
    // is asked for no error.
    let missing = summary.missing();
    let unplanned = missing.saturating_sub(summary.left_out);
    let (best, worst) = extremes(summary, policy);
    let could_exceed_budget = unplanned > 0 && summary.errored + unplanned > budget;
    if best != worst || (worst.0 == VerdictKind::Passed && could_exceed_budget) {
        return Verdict {
            verdict: VerdictKind::Inconclusive,
            reason: Reason::IterationsMissing,
            message: format!("{missing} of {} iterations are missing; {}", summary.planned, rate_text(summary)),
        };
    }
    let (verdict, reason) =
        if summary.left_out > 0 { worst } else { verdict_of(summary.passed, summary.graded(), policy) };
    of(verdict, reason, summary, policy)
}

/// The verdict that no outcome of the missing iterations can change any more, errors of theirs left aside; `None`
/// while they can.
///
/// Curtailed sampling: the verdict of a test that stops here is that of the full run, by construction.
pub fn decided(summary: &TestSummary, policy: &Policy) -> Option<VerdictKind> {
    if summary.errored > budget(summary, policy) {
        return Some(VerdictKind::NotGraded);
    }
    let (best, worst) = extremes(summary, policy);
    (best == worst && summary.graded() > 0).then_some(worst.0)
}

fn budget(summary: &TestSummary, policy: &Policy) -> u64 {
    policy.max_errored.of(u32::try_from(summary.planned).unwrap_or(u32::MAX))
}

/// The verdicts if all that is missing passed, and if all of it failed.
fn extremes(summary: &TestSummary, policy: &Policy) -> ((VerdictKind, Reason), (VerdictKind, Reason)) {
    let (missing, graded) = (summary.missing(), summary.graded());
    (
        verdict_of(summary.passed + missing, graded + missing, policy),
        verdict_of(summary.passed, graded + missing, policy),
    )
}

fn verdict_of(passed: u64, graded: u64, policy: &Policy) -> (VerdictKind, Reason) {
    if let Some(confidence) = policy.confidence() {
        return by_bound(passed, graded, policy.min_pass_rate, confidence);
    }
    if passed >= policy.min_pass_rate.of(graded) {
        return (VerdictKind::Passed, Reason::ThresholdMet);
    }
    let is_flaky = 0 < passed && passed < graded;
    if policy.run_gate && !policy.own_threshold && is_flaky {
        return (VerdictKind::Passed, Reason::LeftToRunGate);
    }
    (VerdictKind::Failed, Reason::ThresholdMissed)
}

/// By the one-sided bounds of the rate: both above the threshold, both below, or it lies between them.
fn by_bound(passed: u64, graded: u64, threshold: Percent, confidence: Percent) -> (VerdictKind, Reason) {
    let (rate, confidence) = (threshold.fraction(), confidence.fraction());
    let reaches = clopper_pearson_lower(passed, graded, confidence).is_ok_and(|lower| lower >= rate);
    let misses = clopper_pearson_upper(passed, graded, confidence).is_ok_and(|upper| upper < rate);
    match (reaches, misses) {
        (true, _) => (VerdictKind::Passed, Reason::ThresholdMet),
        (_, true) => (VerdictKind::Failed, Reason::ThresholdMissed),
        _ => (VerdictKind::Inconclusive, Reason::ConfidenceNotReached),
    }
}

fn nothing_graded(summary: &TestSummary) -> Verdict {
    let message = match (summary.errored, summary.missing()) {
        (0, _) => format!("none of {} iterations finished", summary.planned),
        (errored, 0) => format!("all {errored} iterations errored: nothing is known about the subject"),
        (errored, missing) => format!("{errored} iterations errored and {missing} did not finish: nothing was graded"),
    };
    Verdict { verdict: VerdictKind::NotGraded, reason: Reason::NothingGraded, message }
}

fn of(verdict: VerdictKind, reason: Reason, summary: &TestSummary, policy: &Policy) -> Verdict {
    Verdict { verdict, reason, message: message(summary, policy, reason) }
}

fn message(summary: &TestSummary, policy: &Policy, reason: Reason) -> String {
    let mut text = rate_text(summary);
    match reason {
        Reason::LeftToRunGate => text.push_str(", flaky; left to the run's gate"),
        Reason::ThresholdMissed | Reason::ConfidenceNotReached => {
            text.push_str(&format!(", needs {}{}", policy.min_pass_rate, bound_text(summary, policy)));
        }
        Reason::ThresholdMet => text.push_str(&bound_text(summary, policy)),
        _ => {}
    }
    if let Some(stopped) = summary.stopped {
        text.push_str(&format!("; stopped after {} of {}: {}", stopped.after, summary.planned, stop_text(stopped.by)));
    }
    text
}

/// What a confidence has to do with the verdict.
fn bound_text(summary: &TestSummary, policy: &Policy) -> String {
    let (passed, graded) = (summary.passed, summary.graded());
    let Some(confidence) = policy.confidence() else {
        return match policy.confidence {
            Some(confidence) => format!(" (judged without the confidence of {confidence}: no number shows 100 %)"),
            None => String::new(),
        };
    };
    let share = confidence.fraction();
    let ends = clopper_pearson_lower(passed, graded, share).ok().zip(clopper_pearson_upper(passed, graded, share).ok());
    let Some((lower, upper)) = ends else { return String::new() };
    let threshold = policy.min_pass_rate.fraction();
    if lower >= threshold {
        return format!("; at {confidence} confidence the rate is at least {:.1} %", lower * 100.0);
    }
    if upper < threshold {
        return format!("; at {confidence} confidence the rate is at most {:.1} %", upper * 100.0);
    }
    let failures = graded - passed;
    let enough = match iterations_to_show(threshold, failures, share) {
        Ok(n) if failures == 0 => format!("{n} clean iterations would show it"),
        Ok(n) => format!("{n} iterations without another failure would show it"),
        Err(_) => "no number of iterations up to a million would show it".to_owned(),
    };
    format!(" at {confidence} confidence: the rate may be {:.1} to {:.1} %; {enough}", lower * 100.0, upper * 100.0)
}

fn stop_text(by: StoppedBy) -> &'static str {
    match by {
        StoppedBy::Decided => "the rest could not change the verdict",
        StoppedBy::Accepted => "the sequential test accepts the wanted rate",
        StoppedBy::Rejected => "the sequential test accepts the rate that must be caught",
    }
}

/// `3/5 iterations passed (60 %)`, with what was not counted.
fn rate_text(summary: &TestSummary) -> String {
    let graded = summary.graded();
    let percent = super::percent_text(summary.passed, graded);
    let mut text = format!("{}/{graded} iterations passed ({percent})", summary.passed);
    let skipped = summary.skipped.saturating_sub(summary.left_out);
    for (count, word) in [(summary.errored, "errored"), (skipped, "skipped"), (summary.interrupted, "interrupted")] {
        if count > 0 {
            text.push_str(&format!(", {count} {word}"));
        }
    }
    text
}
