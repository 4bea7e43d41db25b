use super::super::StatsError;
use super::super::error::{fraction, ratio};
use super::super::special::{beta_quantile, normal_two_sided};

/// A range of rates, as fractions: 0 ≤ `lower` ≤ `upper` ≤ 1. Of differences of rates, from −1 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

/// The Wilson score interval of `k` of `n`, two-sided: the interval that is shown.
///
/// The rates p that a score test does not reject, |k/n − p| ≤ z √(p(1 − p)/n). Its lower end is exactly 0 at k = 0,
/// its upper end exactly 1 at k = n.
///
/// Sources: Wilson 1927; Brown, Cai, DasGupta 2001.
///
/// # Errors
/// n = 0, k > n, a confidence outside (0, 1).
///
/// ```
/// use aitest_runtime::stats::wilson_interval;
///
/// let interval = wilson_interval(8, 10, 0.95)?;
/// assert_eq!(format!("{:.3} to {:.3}", interval.lower, interval.upper), "0.490 to 0.943");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn wilson_interval(k: u64, n: u64, confidence: f64) -> Result<Interval, StatsError> {
    let p = ratio(k, n)?;
    let z = normal_two_sided(fraction("confidence", confidence)?);
    let n_f = n as f64;
    let z2 = z * z / n_f;
    let middle = p + z2 / 2.0;
    let half = z * (p * (1.0 - p) / n_f + z2 / (4.0 * n_f)).sqrt();
    let lower = if k == 0 { 0.0 } else { (middle - half) / (1.0 + z2) };
    let upper = if k == n { 1.0 } else { (middle + half) / (1.0 + z2) };
    // Rounding may carry an end past the observed rate when the confidence is next to 0.
    Ok(Interval { lower: lower.clamp(0.0, p), upper: upper.clamp(p, 1.0) })
}

/// The one-sided Clopper–Pearson lower bound of `k` of `n`: the least rate not refuted by seeing as many passes.
///
/// The p with P(at least k of n) = 1 − confidence, a quantile of the beta distribution; exactly 0 at k = 0. The true
/// rate is below it with a chance of at most 1 − confidence.
///
/// Source: Clopper, Pearson 1934.
///
/// # Errors
/// n = 0, k > n, a confidence outside (0, 1).
///
/// ```
/// use aitest_runtime::stats::clopper_pearson_lower;
///
/// let bound = clopper_pearson_lower(3, 3, 0.95)?;
/// assert_eq!(format!("{bound:.3}"), "0.368"); // 3/3 cannot tell 100 % from 60 %
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn clopper_pearson_lower(k: u64, n: u64, confidence: f64) -> Result<f64, StatsError> {
    ratio(k, n)?;
    let alpha = 1.0 - fraction("confidence", confidence)?;
    Ok(match k {
        0 => 0.0,
        _ if k == n => (alpha.ln() / n as f64).exp(),
        _ => beta_quantile(alpha, k as f64, (n - k + 1) as f64),
    })
}

/// The one-sided Clopper–Pearson upper bound of `k` of `n`: the mirror of [`clopper_pearson_lower`], exactly 1 at
/// k = n.
///
/// # Errors
/// n = 0, k > n, a confidence outside (0, 1).
pub fn clopper_pearson_upper(k: u64, n: u64, confidence: f64) -> Result<f64, StatsError> {
    ratio(k, n)?;
    let confidence = fraction("confidence", confidence)?;
    Ok(match k {
        _ if k == n => 1.0,
        0 => -((1.0 - confidence).ln() / n as f64).exp_m1(),
        _ => beta_quantile(confidence, (k + 1) as f64, (n - k) as f64),
    })
}

/// The two-sided Clopper–Pearson interval of `k` of `n`: both one-sided bounds at half the error, so that the true
/// rate is outside with a chance of at most 1 − confidence. Wider than [`wilson_interval`], and never too narrow.
///
/// # Errors
/// n = 0, k > n, a confidence outside (0, 1).
///
/// ```
/// use aitest_runtime::stats::clopper_pearson_interval;
///
/// let interval = clopper_pearson_interval(8, 10, 0.95)?;
/// assert_eq!(format!("{:.6} to {:.6}", interval.lower, interval.upper), "0.443905 to 0.974789");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn clopper_pearson_interval(k: u64, n: u64, confidence: f64) -> Result<Interval, StatsError> {
    // The greatest confidence below 1 may round to 1 here.
    let each = (f64::midpoint(1.0, fraction("confidence", confidence)?)).min(1.0 - f64::EPSILON / 2.0);
    Ok(Interval { lower: clopper_pearson_lower(k, n, each)?, upper: clopper_pearson_upper(k, n, each)? })
}
