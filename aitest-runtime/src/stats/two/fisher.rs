use super::super::StatsError;
use super::super::error::ratio;
use super::hypergeometric::Hypergeometric;

/// What a test asks of a second rate beside a first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alternative {
    /// The second is lower: a drop.
    Less,
    /// The second is higher.
    Greater,
    /// They differ.
    TwoSided,
}

/// The most iterations of both results together.
const MOST: u64 = 2_000_000;

/// The p-value of Fisher's exact test that k1 of n1 comes from another rate than k0 of n0: the chance to see as much
/// difference or more when both have one rate, given k0 + k1.
///
/// Two-sided it sums all results that are no likelier than the one seen.
///
/// Source: Fisher 1935.
///
/// # Errors
/// n0 = 0 or n1 = 0, k0 > n0 or k1 > n1, more than two million iterations.
///
/// ```
/// use aitest_runtime::stats::{Alternative, fisher_exact};
///
/// let p = fisher_exact(10, 10, 6, 10, Alternative::Less)?; // 10/10 before, 6/10 now
/// assert_eq!(format!("{p:.4}"), "0.0433");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn fisher_exact(k0: u64, n0: u64, k1: u64, n1: u64, alternative: Alternative) -> Result<f64, StatsError> {
    checked(k0, n0, k1, n1)?;
    let given = Hypergeometric::new(k0 + k1, n1, n0 + n1);
    Ok(match alternative {
        Alternative::Less => given.at_most(k1),
        Alternative::Greater => given.at_least(k1),
        Alternative::TwoSided => {
            // Equal chances may differ in their last digits.
            let most = given.at(k1) * (1.0 + 1e-7);
            let mut chances: Vec<f64> = given.chances.into_iter().filter(|chance| *chance <= most).collect();
            chances.sort_unstable_by(f64::total_cmp);
            chances.into_iter().sum::<f64>().min(1.0)
        }
    })
}

/// The least p-value that a drop of n1 iterations from k0 of n0 can have: [`fisher_exact`] of none passed. When it is
/// above the level of a test, no result of n1 iterations is significant.
///
/// # Errors
/// As [`fisher_exact`].
///
/// ```
/// use aitest_runtime::stats::smallest_p;
///
/// assert_eq!(format!("{:.2}", smallest_p(3, 3, 3)?), "0.05"); // 3/3 before, 0/3 now
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn smallest_p(k0: u64, n0: u64, n1: u64) -> Result<f64, StatsError> {
    fisher_exact(k0, n0, 0, n1, Alternative::Less)
}

pub(super) fn checked(k0: u64, n0: u64, k1: u64, n1: u64) -> Result<(), StatsError> {
    ratio(k0, n0)?;
    ratio(k1, n1)?;
    if n0.saturating_add(n1) > MOST {
        return Err(StatsError::TooMany { of: "iterations", most: MOST });
    }
    Ok(())
}
