use super::super::StatsError;
use super::super::error::fraction;
use super::super::special::normal_quantile;

/// Where the differences of two agents over the same tests come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variances {
    /// Variance over tests of the difference of the true rates.
    pub between_tests: f64,
    /// Mean over tests of the first agent's variance of one iteration, p(1 − p).
    pub within_first: f64,
    /// The same of the second agent.
    pub within_second: f64,
}

impl Variances {
    /// The variance of one test's difference with as many iterations of each agent.
    fn of_difference(&self, iterations: u64) -> Result<f64, StatsError> {
        for value in [self.between_tests, self.within_first, self.within_second] {
            if !(0.0..=4.0).contains(&value) {
                let accepted = "a variance of rates from 0 to 4";
                return Err(StatsError::OutOfRange { name: "variance", value, accepted });
            }
        }
        if iterations == 0 {
            return Err(StatsError::NothingCounted);
        }
        Ok(self.between_tests + (self.within_first + self.within_second) / iterations as f64)
    }
}

/// How many tests show a `difference` of two agents' rates, at the level `alpha`, two-sided, with a chance of `power`,
/// when each runs `iterations` of every test: (z₁₋α⸝₂ + z_power)² (ω² + σ₁²/K + σ₂²/K) / δ², rounded up.
///
/// Source: Miller 2024, arXiv 2411.00640, §5, equation 9.
///
/// # Errors
/// A difference outside (0, 1], variances outside [0, 4], `alpha` or `power` outside (0, 1), no iterations, more than
/// 10¹⁵ tests.
///
/// ```
/// use aitest_runtime::stats::{Levels, Variances, tests_needed};
///
/// let variances = Variances { between_tests: 1.0 / 9.0, within_first: 0.16, within_second: 0.16 };
/// assert_eq!(tests_needed(0.03, &variances, 1, Levels::default())?, 3760);
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn tests_needed(
    difference: f64,
    variances: &Variances,
    iterations: u64,
    levels: Levels,
) -> Result<u64, StatsError> {
    const MOST: u64 = 1_000_000_000_000_000;
    if !(difference > 0.0 && difference <= 1.0) {
        let accepted = "a difference of rates above 0 and up to 1";
        return Err(StatsError::OutOfRange { name: "difference", value: difference, accepted });
    }
    let tests = (levels.reach()? / difference).powi(2) * variances.of_difference(iterations)?;
    if tests > MOST as f64 {
        Err(StatsError::TooMany { of: "tests", most: MOST })
    } else {
        Ok((tests.ceil() as u64).max(1))
    }
}

/// The least difference of two agents' rates that `tests` of `iterations` each show, at these levels. The inverse of
/// [`tests_needed`]; above 1 when nothing can be shown.
///
/// Source: Miller 2024, arXiv 2411.00640, §5, equation 10.
///
/// # Errors
/// No tests, no iterations, variances outside [0, 4], `alpha` or `power` outside (0, 1).
///
/// ```
/// use aitest_runtime::stats::{Levels, Variances, detectable_difference};
///
/// let variances = Variances { between_tests: 1.0 / 9.0, within_first: 0.16, within_second: 0.16 };
/// let difference = detectable_difference(198, &variances, 10, Levels::default())?;
/// assert_eq!(format!("{difference:.3}"), "0.075");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn detectable_difference(
    tests: u64,
    variances: &Variances,
    iterations: u64,
    levels: Levels,
) -> Result<f64, StatsError> {
    if tests == 0 {
        return Err(StatsError::NothingCounted);
    }
    Ok(levels.reach()? * (variances.of_difference(iterations)? / tests as f64).sqrt())
}

/// How sure a comparison shall be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// The chance to see a difference where there is none, two-sided.
    pub alpha: f64,
    /// The chance to see one that is there.
    pub power: f64,
}

/// 5 % and 80 %, as is usual.
impl Default for Levels {
    fn default() -> Self {
        Levels { alpha: 0.05, power: 0.8 }
    }
}

impl Levels {
    /// In standard errors: how far away a difference must be.
    fn reach(self) -> Result<f64, StatsError> {
        let (alpha, power) = (fraction("alpha", self.alpha)?, fraction("power", self.power)?);
        Ok((normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power)).max(0.0))
    }
}
