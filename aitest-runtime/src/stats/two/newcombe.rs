use super::super::{Interval, StatsError, wilson_interval};

/// The interval of the difference of two rates, k1/n1 − k0/n0, from their Wilson intervals; within [−1, 1].
///
/// Source: Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10.
///
/// # Errors
/// n0 = 0 or n1 = 0, k0 > n0 or k1 > n1, a confidence outside (0, 1).
///
/// ```
/// use aitest_runtime::stats::newcombe_interval;
///
/// let interval = newcombe_interval(10, 10, 6, 10, 0.95)?; // 10/10 before, 6/10 now
/// assert_eq!(format!("{:.3} to {:.3}", interval.lower, interval.upper), "-0.687 to -0.038");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn newcombe_interval(k0: u64, n0: u64, k1: u64, n1: u64, confidence: f64) -> Result<Interval, StatsError> {
    let (before, now) = (wilson_interval(k0, n0, confidence)?, wilson_interval(k1, n1, confidence)?);
    let (p0, p1) = (k0 as f64 / n0 as f64, k1 as f64 / n1 as f64);
    let difference = p1 - p0;
    let lower = difference - (p1 - now.lower).hypot(before.upper - p0);
    let upper = difference + (now.upper - p1).hypot(p0 - before.lower);
    Ok(Interval { lower: lower.max(-1.0), upper: upper.min(1.0) })
}
