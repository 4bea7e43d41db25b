use super::super::StatsError;
use super::super::error::ratio;

/// How often the outcome changes from one iteration to the next: changes ÷ (n − 1), from 0 to 1.
///
/// Source: Kowalczyk et al. 2020, "Modeling and Ranking Flaky Tests at Apple".
///
/// # Errors
/// Fewer than two outcomes.
///
/// ```
/// use aitest_runtime::stats::flip_rate;
///
/// assert_eq!(flip_rate(&[true, false, true, true, true])?, 0.5);
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn flip_rate(outcomes: &[bool]) -> Result<f64, StatsError> {
    if outcomes.len() < 2 {
        return Err(StatsError::TooFew { of: "outcomes", given: outcomes.len() as u64, needed: 2 });
    }
    let changes = outcomes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    Ok(changes as f64 / (outcomes.len() - 1) as f64)
}

/// The binary entropy of k/n in bits: 0 when all or none passed, 1 when half did. The order does not matter, unlike
/// in [`flip_rate`].
///
/// Source: Kowalczyk et al. 2020, "Modeling and Ranking Flaky Tests at Apple".
///
/// # Errors
/// n = 0, k > n.
///
/// ```
/// use aitest_runtime::stats::entropy_bits;
///
/// assert_eq!(entropy_bits(5, 10)?, 1.0);
/// assert_eq!(entropy_bits(10, 10)?, 0.0);
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn entropy_bits(k: u64, n: u64) -> Result<f64, StatsError> {
    let p = ratio(k, n)?;
    let part = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    Ok(part(p) + part(1.0 - p))
}
