use super::super::StatsError;

/// How many times the second agent's cost, or duration, is the first's: the geometric mean of the per-test ratios.
/// Twice as much in one test and half in another is even.
///
/// # Errors
/// Lists of unequal length, no tests, a value that is not above 0 or not finite.
///
/// ```
/// use aitest_runtime::stats::geometric_mean_ratio;
///
/// assert_eq!(geometric_mean_ratio(&[1.0, 4.0], &[2.0, 2.0])?, 1.0);
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn geometric_mean_ratio(first: &[f64], second: &[f64]) -> Result<f64, StatsError> {
    if first.len() != second.len() {
        return Err(StatsError::Unpaired { first: first.len(), second: second.len() });
    }
    if first.is_empty() {
        return Err(StatsError::NothingCounted);
    }
    let mut sum = 0.0;
    for (&a, &b) in first.iter().zip(second) {
        for value in [a, b] {
            if !(value.is_finite() && value > 0.0) {
                return Err(StatsError::OutOfRange { name: "value", value, accepted: "a finite number above 0" });
            }
        }
        sum += b.ln() - a.ln();
    }
    Ok((sum / first.len() as f64).exp().clamp(f64::MIN_POSITIVE, f64::MAX))
}
