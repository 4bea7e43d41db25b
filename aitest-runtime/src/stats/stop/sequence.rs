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
    let alpha = fraction("alpha", alpha)?;
    // B(k + ½, n − k + ½) / B(½, ½) is C(n, k)⁻¹ times the chances of k and n − k heads in twice as many tosses.
    let bar = alpha.ln() + ln_middle(k) + ln_middle(n - k);
    let (x, all) = (k as f64, n as f64);
    let is_inside = |p: f64| ln_point(x, all, p, 1.0 - p) >= bar;
    let lower = if k == 0 { 0.0 } else { edge(observed, 0.0, is_inside) };
    let upper = if k == n { 1.0 } else { edge(observed, 1.0, is_inside) };
    Ok(Interval { lower, upper })
}

/// ln of the chance of m heads in 2m tosses.
fn ln_middle(m: u64) -> f64 {
    let m = m as f64;
    if m > 0.0 { ln_point(m, 2.0 * m, 0.5, 0.5) } else { 0.0 }
}

/// The last p inside on the way from `inside` to `outside`.
fn edge(inside: f64, outside: f64, is_inside: impl Fn(f64) -> bool) -> f64 {
    let (mut near, mut far) = (inside, outside);
    for _ in 0..100 {
        let middle = f64::midpoint(near, far);
        if (middle - near).abs() <= near * f64::EPSILON || (middle - far).abs() <= far * f64::EPSILON {
            break;
        }
        if is_inside(middle) {
            near = middle;
        } else {
            far = middle;
        }
    }
    near
}
