use super::numbers::rounded;
use super::{Needed, Stats};
use crate::record::{Percent, TestRecord};
use crate::stats::{TestSummary, clopper_pearson_lower, clopper_pearson_upper, iterations_to_show};

/// How surely a rate is to be shown where the test does not say it.
const CONFIDENCE: f64 = 0.95;
/// The rate that is spoken of where a test needs 100 %, which no number of iterations shows.
const SHOWN: f64 = 0.9;

/// What it would take to show the wanted rate; `None` where it is shown, or refuted, or nothing was graded.
pub(super) fn needed(test: &TestRecord, summary: &TestSummary, stats: &Stats) -> Option<Needed> {
    let (passed, graded) = (summary.passed, summary.graded());
    let confidence = test.policy.confidence().map_or(CONFIDENCE, Percent::fraction);
    let wants_all = test.policy.min_pass_rate == Percent::ALL;
    if wants_all && passed < graded {
        return None;
    }
    let rate = if wants_all { SHOWN } else { test.policy.min_pass_rate.fraction() };
    let lower = clopper_pearson_lower(passed, graded, confidence).ok()?;
    let upper = clopper_pearson_upper(passed, graded, confidence).ok()?;
    if lower >= rate || upper < rate {
        return None;
    }
    let iterations = iterations_to_show(rate, graded - passed, confidence).ok()?;
    let each = |sum: u64, count: u64| sum.checked_div(count).map(|mean| mean.saturating_mul(iterations));
    Some(Needed {
        rate: rounded(rate),
        confidence: rounded(confidence),
        iterations,
        cost_pico_usd: stats.cost_pico_usd.map(|spread| spread.mean.saturating_mul(iterations)),
        duration_ms: stats.duration_ms.and_then(|spread| each(spread.sum, graded)),
    })
}
