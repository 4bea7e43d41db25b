use super::super::StatsError;
use super::super::special::ibeta;

/// The two-sided p-value of the exact McNemar test: of the tests that one iteration each tells apart, `first_only`
/// passed with the first agent alone and `second_only` with the second alone.
///
/// P(as uneven a split of as many coins); 1 without any such test.
///
/// Source: McNemar 1947; the exact form is the binomial sign test.
///
/// # Errors
/// More than a million tests.
///
/// ```
/// use aitest_runtime::stats::mcnemar_exact;
///
/// assert_eq!(format!("{:.5}", mcnemar_exact(6, 0)?), "0.03125");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn mcnemar_exact(first_only: u64, second_only: u64) -> Result<f64, StatsError> {
    const MOST: u64 = 1_000_000;
    let all = first_only.saturating_add(second_only);
    if all > MOST {
        return Err(StatsError::TooMany { of: "tests", most: MOST });
    }
    let more = first_only.max(second_only);
    if more == 0 {
        return Ok(1.0);
    }
    // P(at least `more` of `all` coins)
    Ok((2.0 * ibeta(0.5, more as f64, (all - more + 1) as f64)).min(1.0))
}
