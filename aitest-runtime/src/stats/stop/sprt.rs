use super::super::StatsError;
use super::super::error::{fraction, rate};

/// Wald's sequential probability ratio test of a pass rate: after every iteration it accepts one of two rates, or
/// goes on.
///
/// After s passes and f failures the log-likelihood ratio is s ln(p1/p0) + f ln((1 − p1)/(1 − p0)). At or above
/// ln((1 − β)/α) the wanted rate is accepted, at or below ln(β/(1 − α)) the other one.
///
/// Source: Wald 1945, "Sequential Tests of Statistical Hypotheses".
///
/// ```
/// use aitest_runtime::stats::{Sprt, SprtDecision};
///
/// let test = Sprt::new(0.7, 0.9, 0.05, 0.05)?;
/// assert_eq!(test.decide(11, 0), SprtDecision::Continue);
/// assert_eq!(test.decide(12, 0), SprtDecision::Accepted); // 12 clean iterations: 90 % rather than 70 %
/// assert_eq!(test.decide(0, 3), SprtDecision::Rejected);
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sprt {
    pass: f64,
    fail: f64,
    accept: f64,
    reject: f64,
}

/// What a [`Sprt`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SprtDecision {
    /// The wanted rate p1 is accepted.
    Accepted,
    /// The rate that must be caught, p0, is accepted.
    Rejected,
    /// More iterations are needed.
    Continue,
}

impl Sprt {
    /// The test of `p1`, the wanted rate, against `p0`, the rate that must be caught. `alpha` is the chance to accept
    /// p1 where p0 is true, `beta` the chance to accept p0 where p1 is; both hold about, their sum exactly.
    ///
    /// # Errors
    /// p0 outside (0, 1), p1 not above p0 or above 1, `alpha` or `beta` outside (0, ½).
    pub fn new(p0: f64, p1: f64, alpha: f64, beta: f64) -> Result<Self, StatsError> {
        let (p0, p1) = (fraction("p0", p0)?, rate("p1", p1)?);
        if p1 <= p0 {
            return Err(StatsError::OutOfRange { name: "p1", value: p1, accepted: "a rate above p0" });
        }
        for (name, value) in [("alpha", alpha), ("beta", beta)] {
            if !(value > 0.0 && value < 0.5) {
                return Err(StatsError::OutOfRange { name, value, accepted: "a fraction above 0 and below 0.5" });
            }
        }
        Ok(Sprt {
            pass: (p1 / p0).ln(),
            fail: ((1.0 - p1) / (1.0 - p0)).ln(),
            accept: ((1.0 - beta) / alpha).ln(),
            reject: (beta / (1.0 - alpha)).ln(),
        })
    }

    /// What is accepted after these outcomes. With p1 = 1 one failure rejects it.
    pub fn decide(&self, passed: u64, failed: u64) -> SprtDecision {
        // With p1 = 1 a failure counts −∞, of which no multiple of 0 may be taken.
        let failures = if failed == 0 { 0.0 } else { failed as f64 * self.fail };
        let ratio = passed as f64 * self.pass + failures;
        match () {
            () if ratio >= self.accept => SprtDecision::Accepted,
            () if ratio <= self.reject => SprtDecision::Rejected,
            () => SprtDecision::Continue,
        }
    }
}
