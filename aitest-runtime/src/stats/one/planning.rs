use super::super::StatsError;
use super::super::error::{fraction, rate as in_range};
use super::super::special::ibeta;

/// The most iterations that a test can have; what needs more is not answered.
const MOST_ITERATIONS: u64 = 1_000_000;

/// The least number of iterations whose [`clopper_pearson_lower`](super::super::clopper_pearson_lower) reaches `rate`
/// when `failures` of them fail.
///
/// Without failures this is the success-run theorem, n ≥ ln(1 − confidence) / ln(rate).
///
/// # Errors
/// A rate or a confidence outside (0, 1): no number shows 100 %. More than a million iterations.
///
/// ```
/// use aitest_runtime::stats::iterations_to_show;
///
/// assert_eq!(iterations_to_show(0.90, 0, 0.95)?, 29);
/// assert_eq!(iterations_to_show(0.95, 0, 0.95)?, 59);
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn iterations_to_show(rate: f64, failures: u64, confidence: f64) -> Result<u64, StatsError> {
    let (rate, alpha) = (fraction("rate", rate)?, 1.0 - fraction("confidence", confidence)?);
    let first = failures.saturating_add(1);
    // The bound reaches the rate exactly when so many passes are no likelier than alpha at that rate.
    least(first, |n| ibeta(rate, (n - failures) as f64, first as f64) <= alpha)
}

/// The chance that `n` iterations show both a pass and a failure of a test that passes with chance `p`:
/// 1 − pⁿ − (1 − p)ⁿ.
///
/// # Errors
/// n = 0, a `p` outside [0, 1].
///
/// ```
/// use aitest_runtime::stats::chance_to_detect;
///
/// assert_eq!(format!("{:.2}", chance_to_detect(0.9, 3)?), "0.27");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn chance_to_detect(p: f64, n: u64) -> Result<f64, StatsError> {
    let p = in_range("p", p)?;
    if n == 0 {
        return Err(StatsError::NothingCounted);
    }
    Ok((1.0 - p.powf(n as f64) - (1.0 - p).powf(n as f64)).max(0.0))
}

/// The least number of iterations that shows both outcomes of a test that passes with chance `p`, with at least this
/// certainty.
///
/// # Errors
/// A `p` or a certainty outside (0, 1). More than a million iterations.
///
/// ```
/// use aitest_runtime::stats::iterations_to_detect;
///
/// assert_eq!(iterations_to_detect(0.9, 0.95)?, 29); // it fails 1 time in 10
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn iterations_to_detect(p: f64, certainty: f64) -> Result<u64, StatsError> {
    let (p, certainty) = (fraction("p", p)?, fraction("certainty", certainty)?);
    least(1, |n| chance_to_detect(p, n).is_ok_and(|chance| chance >= certainty))
}

/// The least n from `first` to a million for which `holds`, which once true stays true.
fn least(first: u64, holds: impl Fn(u64) -> bool) -> Result<u64, StatsError> {
    let (mut low, mut high) = (first, MOST_ITERATIONS);
    if low > high || !holds(high) {
        return Err(StatsError::TooMany { of: "iterations", most: MOST_ITERATIONS });
    }
    while low < high {
        let middle = low.midpoint(high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}
