use super::super::StatsError;
use super::super::error::ratio;

/// pass@k: the chance that at least one of k iterations passes, estimated without bias from c passes of n:
/// 1 − C(n − c, k) / C(n, k).
///
/// Source: Chen et al. 2021, "Evaluating Large Language Models Trained on Code", equation 1.
///
/// # Errors
/// n = 0, c > n, k = 0, k > n.
///
/// ```
/// use aitest_runtime::stats::pass_at_k;
///
/// assert_eq!(pass_at_k(10, 8, 1)?, 0.8);
/// assert_eq!(format!("{:.4}", pass_at_k(10, 8, 2)?), "0.9778");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn pass_at_k(n: u64, c: u64, k: u64) -> Result<f64, StatsError> {
    Ok(1.0 - share_of_draws(n, n - checked(n, c, k)?, k))
}

/// pass^k: the chance that all of k iterations pass, estimated without bias from c passes of n: C(c, k) / C(n, k).
/// The plug-in (c/n)ᵏ is biased upwards.
///
/// Source: Yao et al. 2024, "τ-bench".
///
/// # Errors
/// n = 0, c > n, k = 0, k > n.
///
/// ```
/// use aitest_runtime::stats::pass_hat_k;
///
/// assert_eq!(pass_hat_k(10, 8, 1)?, 0.8);
/// assert_eq!(format!("{:.4}", pass_hat_k(10, 8, 5)?), "0.2222");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn pass_hat_k(n: u64, c: u64, k: u64) -> Result<f64, StatsError> {
    Ok(share_of_draws(n, checked(n, c, k)?, k))
}

/// c, when c of n and k of n mean something.
fn checked(n: u64, c: u64, k: u64) -> Result<u64, StatsError> {
    ratio(c, n)?;
    match k {
        0 => Err(StatsError::OutOfRange { name: "k", value: 0.0, accepted: "a whole number from 1" }),
        _ if k > n => Err(StatsError::TooFew { of: "iterations", given: n, needed: k }),
        _ => Ok(c),
    }
}

/// C(c, k) / C(n, k): the share of draws of k from n that hold only some c, as the shorter of two products.
fn share_of_draws(n: u64, c: u64, k: u64) -> f64 {
    if k > c {
        return 0.0;
    }
    let (factors, top, bottom) = if k <= n - c { (k, c, n) } else { (n - c, n - k, n) };
    // One division rounds once, so that k = 1 is the rate itself.
    (0..factors).fold(1.0, |share, i| share * ((top - i) as f64 / (bottom - i) as f64))
}
