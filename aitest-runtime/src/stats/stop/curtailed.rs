use super::super::error::ratio;
use super::super::{Interval, StatsError, clopper_pearson_interval};

/// Whether "at least `required` of `planned`" is decided after some iterations: `Some(true)` when it holds however
/// the others come out, `Some(false)` when it cannot, `None` when they decide.
///
/// Curtailed sampling: the verdict is the full run's by construction.
///
/// # Errors
/// More iterations than planned, more required than planned.
///
/// ```
/// use aitest_runtime::stats::curtailed_verdict;
///
/// assert_eq!(curtailed_verdict(7, 0, 8, 10)?, None);
/// assert_eq!(curtailed_verdict(8, 0, 8, 10)?, Some(true));
/// assert_eq!(curtailed_verdict(0, 3, 8, 10)?, Some(false)); // 7 left of 8 required
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn curtailed_verdict(passed: u64, failed: u64, required: u64, planned: u64) -> Result<Option<bool>, StatsError> {
    let run = passed.saturating_add(failed);
    if let Some(counted) = [run, required].into_iter().find(|count| *count > planned) {
        return Err(StatsError::MorePassed { passed: counted, counted: planned });
    }
    Ok(match () {
        () if passed >= required => Some(true),
        () if passed + (planned - run) < required => Some(false),
        () => None,
    })
}

/// What may be said of the pass rate after `k` of `run` iterations of `planned`, where the stop depended on the
/// outcomes: the union of [`clopper_pearson_interval`] over every way the others could have come out.
///
/// The rate at such a stop is biased: a run that stops at its first failure shows a lower rate than it would have.
///
/// # Errors
/// `run` = 0, k > `run`, `run` > `planned`, a confidence outside (0, 1).
///
/// ```
/// use aitest_runtime::stats::curtailed_interval;
///
/// let interval = curtailed_interval(0, 3, 10, 0.95)?; // 0/3, stopped: 0 to 7 of 10 would have passed
/// assert_eq!(format!("{:.2} to {:.2}", interval.lower, interval.upper), "0.00 to 0.93");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn curtailed_interval(k: u64, run: u64, planned: u64, confidence: f64) -> Result<Interval, StatsError> {
    ratio(k, run)?;
    ratio(run, planned)?;
    let worst = clopper_pearson_interval(k, planned, confidence)?;
    let best = clopper_pearson_interval(k + (planned - run), planned, confidence)?;
    Ok(Interval { lower: worst.lower, upper: best.upper })
}
