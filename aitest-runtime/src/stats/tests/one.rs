use proptest::prelude::*;

use super::super::*;

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
    assert_eq!(clopper_pearson_lower(0, 9, 0.95), Ok(0.0));
    assert_eq!(clopper_pearson_upper(9, 9, 0.95), Ok(1.0));
    close(clopper_pearson_upper(0, 10, 0.95).unwrap(), 1.0 - 0.05_f64.powf(0.1));
}

#[test]
fn iterations_that_messages_name() {
    assert_eq!(iterations_to_show(0.90, 1, 0.95), Ok(46));
    assert_eq!(iterations_to_show(0.60, 0, 0.95), Ok(6));
    assert_eq!(iterations_to_show(0.5, 0, 0.5), Ok(1));
    assert_eq!(iterations_to_detect(0.9, 0.95), Ok(29));
    assert_eq!(iterations_to_detect(0.5, 0.5), Ok(2));
    assert_eq!(iterations_to_detect(0.999, 0.95), Ok(2995));
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
