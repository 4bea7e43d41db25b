use super::beta::{beta_quantile, ibeta, normal_two_sided};
use crate::record::Percent;

/// The most iterations that a test can have; what needs more is not answered.
const MOST_ITERATIONS: u64 = 1_000_000;

/// A range of rates, as fractions: 0 ≤ `lower` ≤ `upper` ≤ 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

/// `k / n`: the share of iterations that passed. `None` for n = 0 and for k > n.
///
/// ```
/// use aitest_runtime::stats::pass_rate;
///
/// assert_eq!(pass_rate(3, 4), Some(0.75));
/// assert_eq!(pass_rate(0, 0), None);
/// ```
pub fn pass_rate(k: u64, n: u64) -> Option<f64> {
    (n > 0 && k <= n).then(|| k as f64 / n as f64)
}

/// The Wilson score interval of `k` of `n`, two-sided: the interval that is shown.
///
/// The rates p that a score test does not reject, |k/n − p| ≤ z √(p(1 − p)/n). Its lower end is exactly 0 at k = 0,
/// its upper end exactly 1 at k = n. `None` for n = 0, k > n and a confidence outside (0, 1).
///
/// Sources: Wilson 1927; Brown, Cai, DasGupta 2001.
///
/// ```
/// use aitest_runtime::stats::wilson_interval;
///
/// let interval = wilson_interval(8, 10, 0.95).unwrap();
/// assert_eq!(format!("{:.3} to {:.3}", interval.lower, interval.upper), "0.490 to 0.943");
/// ```
pub fn wilson_interval(k: u64, n: u64, confidence: f64) -> Option<Interval> {
    let p = pass_rate(k, n)?;
    let z = normal_two_sided(fraction(confidence)?);
    let n_f = n as f64;
    let z2 = z * z / n_f;
    let middle = p + z2 / 2.0;
    let half = z * (p * (1.0 - p) / n_f + z2 / (4.0 * n_f)).sqrt();
    let lower = if k == 0 { 0.0 } else { (middle - half) / (1.0 + z2) };
    let upper = if k == n { 1.0 } else { (middle + half) / (1.0 + z2) };
    // Rounding may carry an end past the observed rate when the confidence is next to 0.
    Some(Interval { lower: lower.clamp(0.0, p), upper: upper.clamp(p, 1.0) })
}

/// The one-sided Clopper–Pearson lower bound of `k` of `n`: the least rate not refuted by seeing as many passes.
///
/// The p with P(at least k of n) = 1 − confidence, a quantile of the beta distribution; exactly 0 at k = 0. The true
/// rate is below it with a chance of at most 1 − confidence. `None` for n = 0, k > n and a confidence outside (0, 1).
///
/// Source: Clopper, Pearson 1934.
///
/// ```
/// use aitest_runtime::stats::clopper_pearson_lower;
///
/// let bound = clopper_pearson_lower(3, 3, 0.95).unwrap();
/// assert_eq!(format!("{bound:.3}"), "0.368"); // 3/3 cannot tell 100 % from 60 %
/// ```
pub fn clopper_pearson_lower(k: u64, n: u64, confidence: f64) -> Option<f64> {
    pass_rate(k, n)?;
    let alpha = 1.0 - fraction(confidence)?;
    Some(match k {
        0 => 0.0,
        _ if k == n => (alpha.ln() / n as f64).exp(),
        _ => beta_quantile(alpha, k as f64, (n - k + 1) as f64),
    })
}

/// The one-sided Clopper–Pearson upper bound of `k` of `n`: the mirror of [`clopper_pearson_lower`], exactly 1 at
/// k = n. `None` for n = 0, k > n and a confidence outside (0, 1).
pub fn clopper_pearson_upper(k: u64, n: u64, confidence: f64) -> Option<f64> {
    pass_rate(k, n)?;
    let confidence = fraction(confidence)?;
    Some(match k {
        _ if k == n => 1.0,
        0 => -((1.0 - confidence).ln() / n as f64).exp_m1(),
        _ => beta_quantile(confidence, (k + 1) as f64, (n - k) as f64),
    })
}

/// The least number of passes of `n` that reaches `rate`: ⌈rate · n⌉, exact.
///
/// ```
/// use aitest_runtime::stats::required_passes;
///
/// assert_eq!(required_passes("7".parse()?, 100), 7); // 0.07 * 100.0 is above 7
/// assert_eq!(required_passes("80".parse()?, 3), 3);
/// # Ok::<(), aitest_runtime::record::PercentError>(())
/// ```
pub fn required_passes(rate: Percent, n: u64) -> u64 {
    rate.of(n)
}

/// The least number of iterations whose [`clopper_pearson_lower`] reaches `rate` when `failures` of them fail.
///
/// Without failures this is the success-run theorem, n ≥ ln(1 − confidence) / ln(rate). `None` when more than a
/// million iterations would be needed, and for a rate or a confidence outside (0, 1): no number shows 100 %.
///
/// ```
/// use aitest_runtime::stats::iterations_to_show;
///
/// assert_eq!(iterations_to_show(0.90, 0, 0.95), Some(29));
/// assert_eq!(iterations_to_show(0.95, 0, 0.95), Some(59));
/// ```
pub fn iterations_to_show(rate: f64, failures: u64, confidence: f64) -> Option<u64> {
    let (rate, alpha) = (fraction(rate)?, 1.0 - fraction(confidence)?);
    let first = failures.checked_add(1)?;
    // The bound reaches the rate exactly when so many passes are no likelier than alpha at that rate.
    least(first, |n| ibeta(rate, (n - failures) as f64, first as f64) <= alpha)
}

/// The chance that `n` iterations show both a pass and a failure of a test that passes with chance `p`:
/// 1 − pⁿ − (1 − p)ⁿ. `None` for n = 0 and for p outside [0, 1].
///
/// ```
/// use aitest_runtime::stats::chance_to_detect;
///
/// assert_eq!(format!("{:.2}", chance_to_detect(0.9, 3).unwrap()), "0.27");
/// ```
pub fn chance_to_detect(p: f64, n: u64) -> Option<f64> {
    let defined = n > 0 && (0.0..=1.0).contains(&p);
    defined.then(|| (1.0 - p.powf(n as f64) - (1.0 - p).powf(n as f64)).max(0.0))
}

/// The least number of iterations that shows both outcomes of a test that passes with chance `p`, with at least this
/// certainty. `None` when more than a million would be needed, and for a `p` or a certainty outside (0, 1).
///
/// ```
/// use aitest_runtime::stats::iterations_to_detect;
///
/// assert_eq!(iterations_to_detect(0.9, 0.95), Some(29)); // it fails 1 time in 10
/// ```
pub fn iterations_to_detect(p: f64, certainty: f64) -> Option<u64> {
    let (p, certainty) = (fraction(p)?, fraction(certainty)?);
    least(1, |n| chance_to_detect(p, n).is_some_and(|chance| chance >= certainty))
}

/// `value` if it lies in the open interval (0, 1); NaN does not.
fn fraction(value: f64) -> Option<f64> {
    (value > 0.0 && value < 1.0).then_some(value)
}

/// The least n from `first` to a million for which `holds`, which once true stays true.
fn least(first: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (first, MOST_ITERATIONS);
    if low > high || !holds(high) {
        return None;
    }
    while low < high {
        let middle = low.midpoint(high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn close(value: f64, wanted: f64) {
        assert!((value - wanted).abs() <= 1e-9, "{value} is not {wanted}");
    }

    #[test]
    fn wilson_of_reference_values() {
        for (k, n, lower, upper) in [
            (1, 1, 20.7, 100.0),
            (3, 3, 43.9, 100.0),
            (10, 10, 72.2, 100.0),
            (8, 10, 49.0, 94.3),
            (18, 20, 69.9, 97.2),
            (0, 10, 0.0, 27.8),
        ] {
            let interval = wilson_interval(k, n, 0.95).unwrap();
            let shown = [interval.lower, interval.upper].map(|end| (end * 1000.0).round() / 10.0);
            assert_eq!(shown, [lower, upper], "{k}/{n}");
        }
        assert_eq!(wilson_interval(0, 7, 0.9).unwrap().lower, 0.0);
        assert_eq!(wilson_interval(7, 7, 0.9).unwrap().upper, 1.0);
    }

    #[test]
    fn clopper_pearson_of_reference_values() {
        close(clopper_pearson_lower(3, 3, 0.95).unwrap(), 0.05_f64.powf(1.0 / 3.0));
        // The published two-sided 95 % interval of 8/10 is the pair of one-sided 97.5 % bounds.
        assert!((clopper_pearson_lower(8, 10, 0.975).unwrap() - 0.443_905).abs() < 1e-6);
        assert!((clopper_pearson_upper(8, 10, 0.975).unwrap() - 0.974_789).abs() < 1e-6);
        assert_eq!(clopper_pearson_lower(0, 9, 0.95), Some(0.0));
        assert_eq!(clopper_pearson_upper(9, 9, 0.95), Some(1.0));
        close(clopper_pearson_upper(0, 10, 0.95).unwrap(), 1.0 - 0.05_f64.powf(0.1));
    }

    #[test]
    fn undefined_is_none() {
        for confidence in [0.0, 1.0, -0.1, 1.5, f64::NAN, f64::INFINITY] {
            assert_eq!(wilson_interval(1, 2, confidence), None);
            assert_eq!(clopper_pearson_lower(1, 2, confidence), None);
            assert_eq!(clopper_pearson_upper(1, 2, confidence), None);
            assert_eq!(iterations_to_show(0.9, 0, confidence), None);
            assert_eq!(iterations_to_detect(0.9, confidence), None);
            assert_eq!(iterations_to_show(confidence, 0, 0.95), None);
            assert_eq!(iterations_to_detect(confidence, 0.95), None);
        }
        for (k, n) in [(0, 0), (1, 0), (3, 2)] {
            assert_eq!(pass_rate(k, n), None);
            assert_eq!(wilson_interval(k, n, 0.95), None);
            assert_eq!(clopper_pearson_lower(k, n, 0.95), None);
            assert_eq!(clopper_pearson_upper(k, n, 0.95), None);
        }
        assert_eq!(chance_to_detect(0.5, 0), None);
        assert_eq!(chance_to_detect(1.1, 3), None);
        assert_eq!(chance_to_detect(1.0, 3), Some(0.0));
        assert_eq!(iterations_to_show(0.999_999_9, 0, 0.95), None);
        assert_eq!(iterations_to_show(0.9, u64::MAX, 0.95), None);
    }

    #[test]
    fn iterations_that_messages_name() {
        assert_eq!(iterations_to_show(0.90, 1, 0.95), Some(46));
        assert_eq!(iterations_to_show(0.60, 0, 0.95), Some(6));
        assert_eq!(iterations_to_show(0.5, 0, 0.5), Some(1));
        assert_eq!(iterations_to_detect(0.9, 0.95), Some(29));
        assert_eq!(iterations_to_detect(0.5, 0.5), Some(2));
        assert_eq!(iterations_to_detect(0.999, 0.95), Some(2995));
    }

    /// P(at least k of n) at p = i/d in integers, over dⁿ.
    fn tail(i: u128, d: u128, k: u32, n: u32) -> (u128, u128) {
        let (mut choose, mut sum) = (1_u128, 0);
        for j in 0..=n {
            if j >= k {
                sum += choose * i.pow(j) * (d - i).pow(n - j);
            }
            choose = choose * u128::from(n - j) / u128::from(j + 1);
        }
        (sum, d.pow(n))
    }

    /// 41 is a prime, so that no tail is exactly 1/20. The bound separates the rates i/41 that k of n refutes at 95 % from those it does not, in exact arithmetic.
    #[test]
    fn clopper_pearson_in_rational_arithmetic() {
        for n in 1..=12_u32 {
            for k in 0..=n {
                let lower = clopper_pearson_lower(k.into(), n.into(), 0.95).unwrap();
                let upper = clopper_pearson_upper(k.into(), n.into(), 0.95).unwrap();
                for i in 0..=41_u128 {
                    let rate = i as f64 / 41.0;
                    let (at_least, all) = tail(i, 41, k, n);
                    assert_eq!(rate < lower, at_least * 20 < all, "{k}/{n} at {rate}, lower {lower}");
                    let (more, all) = tail(i, 41, k + 1, n);
                    assert_eq!(rate > upper, (all - more) * 20 < all, "{k}/{n} at {rate}, upper {upper}");
                }
            }
        }
    }

    fn counts(most: u64) -> impl Strategy<Value = (u64, u64)> {
        (1..=most).prop_flat_map(|n| (0..=n, Just(n)))
    }

    proptest! {
        #[test]
        fn intervals_contain_the_rate((k, n) in counts(1_000_000), confidence in 0.5001_f64..0.9999) {
            let rate = pass_rate(k, n).unwrap();
            let wilson = wilson_interval(k, n, confidence).unwrap();
            prop_assert!(0.0 <= wilson.lower && wilson.lower <= rate);
            prop_assert!(rate <= wilson.upper && wilson.upper <= 1.0);
            let (lower, upper) =
                (clopper_pearson_lower(k, n, confidence).unwrap(), clopper_pearson_upper(k, n, confidence).unwrap());
            prop_assert!(0.0 <= lower && lower <= rate && rate <= upper && upper <= 1.0);
        }

        #[test]
        fn intervals_shrink_with_n((k, n) in counts(2000), times in 2_u64..20) {
            let (one, many) = (wilson_interval(k, n, 0.95).unwrap(), wilson_interval(k * times, n * times, 0.95).unwrap());
            prop_assert!(many.upper - many.lower < one.upper - one.lower);
            let lower = |k, n| clopper_pearson_lower(k, n, 0.95).unwrap();
            prop_assert!(lower(k * times, n * times) >= lower(k, n));
        }

        #[test]
        fn intervals_mirror((k, n) in counts(5000), confidence in 0.01_f64..0.999) {
            let (one, other) =
                (wilson_interval(k, n, confidence).unwrap(), wilson_interval(n - k, n, confidence).unwrap());
            prop_assert!((one.lower - (1.0 - other.upper)).abs() < 1e-12);
            let lower = clopper_pearson_lower(k, n, confidence).unwrap();
            let upper = clopper_pearson_upper(n - k, n, confidence).unwrap();
            prop_assert!((lower - (1.0 - upper)).abs() < 1e-9);
        }

        #[test]
        fn iterations_to_show_are_the_least(rate in 0.05_f64..0.98, failures in 0_u64..5, confidence in 0.5_f64..0.99) {
            let n = iterations_to_show(rate, failures, confidence).unwrap();
            let bound = |n: u64| clopper_pearson_lower(n - failures, n, confidence).unwrap();
            prop_assert!(bound(n) >= rate - 1e-9);
            prop_assert!(n == failures + 1 || bound(n - 1) <= rate + 1e-9);
        }

        #[test]
        fn more_confidence_is_a_wider_interval((k, n) in counts(1000), a in 0.01_f64..0.99, b in 0.01_f64..0.99) {
            let (less, more) = (a.min(b), a.max(b));
            let (inner, outer) = (wilson_interval(k, n, less).unwrap(), wilson_interval(k, n, more).unwrap());
            prop_assert!(outer.lower <= inner.lower + 1e-12 && inner.upper <= outer.upper + 1e-12);
        }
    }
}
