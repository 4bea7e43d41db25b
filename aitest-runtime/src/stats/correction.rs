use super::StatsError;
use super::error::rate;

/// The p-values of one family, corrected after Holm: below α where the chance of any false finding among all is at
/// most α. In the order given; never below the raw ones.
///
/// Source: Holm 1979.
///
/// # Errors
/// A p-value outside [0, 1].
///
/// ```
/// use aitest_runtime::stats::holm;
///
/// assert_eq!(holm(&[0.01, 0.04, 0.03])?, [0.03, 0.06, 0.06]);
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn holm(p_values: &[f64]) -> Result<Vec<f64>, StatsError> {
    let order = ascending(p_values)?;
    let mut corrected = vec![0.0; p_values.len()];
    let mut greatest = 0.0_f64;
    for (rank, &place) in order.iter().enumerate() {
        greatest = greatest.max((p_values.len() - rank) as f64 * p_values[place]).min(1.0);
        corrected[place] = greatest;
    }
    Ok(corrected)
}

/// The p-values of one list, corrected after Benjamini and Hochberg: of those below α a share of at most α is
/// expected to be false. In the order given; never below the raw ones.
///
/// Source: Benjamini, Hochberg 1995.
///
/// # Errors
/// A p-value outside [0, 1].
///
/// ```
/// use aitest_runtime::stats::benjamini_hochberg;
///
/// assert_eq!(benjamini_hochberg(&[0.01, 0.04, 0.03])?, [0.03, 0.04, 0.04]);
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Result<Vec<f64>, StatsError> {
    let order = ascending(p_values)?;
    let count = p_values.len() as f64;
    let mut corrected = vec![0.0; p_values.len()];
    let mut least = 1.0_f64;
    for (rank, &place) in order.iter().enumerate().rev() {
        // A factor of exactly 1 for the last keeps it from falling below itself.
        least = least.min(count / (rank + 1) as f64 * p_values[place]);
        corrected[place] = least;
    }
    Ok(corrected)
}

fn ascending(p_values: &[f64]) -> Result<Vec<usize>, StatsError> {
    for &p in p_values {
        rate("p", p)?;
    }
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    Ok(order)
}
