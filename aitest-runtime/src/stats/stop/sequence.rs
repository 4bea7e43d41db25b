use super::super::error::{fraction, ratio};
use super::super::special::ln_point;
use super::super::{Interval, StatsError};

/// The confidence sequence of `k` of `n`: an interval that holds at every n at once, so that looking after each
/// iteration and stopping when one likes does not spoil it. Wider than an interval for a fixed n.
///
/// The rates p at which a bet on all other rates, spread as Beta(½, ½), has not won 1/α times its stake:
/// B(k + ½, n − k + ½) / B(½, ½) < pᵏ (1 − p)ⁿ⁻ᵏ / α. A true rate is ever outside with a chance of at most α
/// (Ville's inequality).
///
/// Sources: Robbins 1970; Howard, Ramdas, McAuliffe, Sekhon 2021, "Time-uniform, nonparametric, nonasymptotic
/// confidence sequences".
///
/// # Errors
/// n = 0, k > n, an alpha outside (0, 1).
///
/// ```
/// use aitest_runtime::stats::confidence_sequence;
///
/// let interval = confidence_sequence(8, 10, 0.05)?;
/// assert_eq!(format!("{:.2} to {:.2}", interval.lower, interval.upper), "0.34 to 0.99");
/// # Ok::<(), aitest_runtime::stats::StatsError>(())
/// ```
pub fn confidence_sequence(k: u64, n: u64, alpha: f64) -> Result<Interval, StatsError> {
    let observed = ratio(k, n)?;
    let (x, rest) = (k as f64, (n - k) as f64);
    // B(k + ½, n − k + ½) / B(½, ½) is C(n, k)⁻¹ times the chances of k and n − k heads in twice as many tosses.
    let bar = fraction("alpha", alpha)?.ln() + ln_middle(k) + ln_middle(n - k);
    let likelihood = Likelihood { x, rest, bar: bar - ln_choose(x, rest) };
    Ok(match k {
        0 => Interval { lower: 0.0, upper: -(likelihood.bar / rest).exp_m1() },
        _ if k == n => Interval { lower: (likelihood.bar / x).exp(), upper: 1.0 },
        _ => Interval { lower: likelihood.root(0.0, observed), upper: likelihood.root(1.0, observed) },
    })
}

/// ln of the chance of m heads in 2m tosses.
fn ln_middle(m: u64) -> f64 {
    let m = m as f64;
    if m > 0.0 { ln_point(m, 2.0 * m, 0.5, 0.5) } else { 0.0 }
}

/// ln C(x + rest, x)
fn ln_choose(x: f64, rest: f64) -> f64 {
    if x <= 0.0 || rest <= 0.0 {
        return 0.0;
    }
    let (n, p, q) = (x + rest, x / (x + rest), rest / (x + rest));
    ln_point(x, n, p, q) - x * p.ln() - rest * q.ln()
}

/// pˣ (1 − p)^rest against a bar, as logarithms.
struct Likelihood {
    x: f64,
    rest: f64,
    bar: f64,
}

impl Likelihood {
    /// Where the likelihood crosses the bar between a rate outside and the most likely one: Newton's method, kept
    /// between bounds that bisect where it leaves them.
    fn root(&self, outside: f64, most_likely: f64) -> f64 {
        let (mut outside, mut inside) = (outside, most_likely);
        let mut p = f64::midpoint(outside, inside);
        for _ in 0..200 {
            let over = self.x * p.ln() + self.rest * (-p).ln_1p() - self.bar;
            if over < 0.0 {
                outside = p;
            } else {
                inside = p;
            }
            let step = over / (self.x / p - self.rest / (1.0 - p));
            let (low, high) = (outside.min(inside), outside.max(inside));
            if step.abs() <= 1e-14 * p {
                break;
            }
            let newton = p - step;
            p = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
            if p <= low || p >= high {
                break;
            }
        }
        p
    }
}
