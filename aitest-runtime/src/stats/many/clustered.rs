use super::super::error::{fraction, rate};
use super::super::special::t_two_sided;
use super::super::{Interval, StatsError};

/// A mean over tests, and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Student's interval with one degree of freedom less than there are tests.
    pub interval: Interval,
}

/// An agent's rate: the mean over tests of each test's pass rate, so that each test counts the same, with the
/// standard error clustered by test, sd(rates) / √C over C tests. The interval is kept in [0, 1].
///
/// Source: Miller 2024, "Adding Error Bars to Evals", arXiv 2411.00640, with the correction C / (C − 1).
///
/// # Errors
/// Fewer than two tests, a rate outside [0, 1], a confidence outside (0, 1).
///
/// ```
/// use aitest_runtime::stats::clustered_rate;
///
/// let rate = clustered_rate(&[1.0, 0.8, 0.6, 1.0], 0.95)?;
/// assert_eq!(format!("{:.2} ± {:.3}", rate.mean, rate.standard_error), "0.85 ± 0.096");
/// assert_eq!(format!("{:.2} to {:.2}", rate.interval.lower, rate.interval.upper), "0.55 to 1.00");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn clustered_rate(rates: &[f64], confidence: f64) -> Result<Estimate, StatsError> {
    for &value in rates {
        rate("rate", value)?;
    }
    estimate(rates, confidence, 0.0)
}

/// The difference of two agents over the same tests, the second less the first: the mean of the per-test differences,
/// paired by test. The interval is kept in [−1, 1]. Its p-value is [`sign_flip`](super::super::sign_flip)'s.
///
/// Source: Miller 2024, §4.
///
/// # Errors
/// Lists of unequal length, fewer than two tests, a rate outside [0, 1], a confidence outside (0, 1).
///
/// ```
/// use aitest_runtime::stats::paired_difference;
///
/// let difference = paired_difference(&[1.0, 0.8, 0.6, 1.0], &[0.9, 0.6, 0.2, 0.9], 0.95)?;
/// assert_eq!(format!("{:.2}", difference.mean), "-0.20");
/// assert_eq!(format!("{:.2} to {:.2}", difference.interval.lower, difference.interval.upper), "-0.43 to 0.03");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn paired_difference(first: &[f64], second: &[f64], confidence: f64) -> Result<Estimate, StatsError> {
    if first.len() != second.len() {
        return Err(StatsError::Unpaired { first: first.len(), second: second.len() });
    }
    for &value in first.iter().chain(second) {
        rate("rate", value)?;
    }
    let differences: Vec<f64> = second.iter().zip(first).map(|(b, a)| b - a).collect();
    estimate(&differences, confidence, -1.0)
}

/// The mean of values from `least` to 1.
fn estimate(values: &[f64], confidence: f64, least: f64) -> Result<Estimate, StatsError> {
    let confidence = fraction("confidence", confidence)?;
    if values.len() < 2 {
        return Err(StatsError::TooFew { of: "tests", given: values.len() as u64, needed: 2 });
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let standard_error = (squares / (count - 1.0) / count).sqrt();
    let half = t_two_sided(confidence, count - 1.0) * standard_error;
    let interval = Interval { lower: (mean - half).max(least), upper: (mean + half).min(1.0) };
    Ok(Estimate { mean, standard_error, interval })
}
