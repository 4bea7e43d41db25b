//! Out of range is an error; in range nothing panics and nothing is NaN, up to a million.

use proptest::prelude::*;

use super::super::*;

const NO_FRACTION: [f64; 7] = [0.0, 1.0, -0.1, 1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

#[test]
fn confidences_and_rates_outside_their_range_are_errors() {
    for wrong in NO_FRACTION {
        assert!(wilson_interval(1, 2, wrong).is_err());
        assert!(clopper_pearson_interval(1, 2, wrong).is_err());
        assert!(clopper_pearson_lower(1, 2, wrong).is_err());
        assert!(clopper_pearson_upper(1, 2, wrong).is_err());
        assert!(curtailed_interval(1, 2, 3, wrong).is_err());
        assert!(confidence_sequence(1, 2, wrong).is_err());
        assert!(newcombe_interval(1, 2, 1, 2, wrong).is_err());
        assert!(iterations_to_show(0.9, 0, wrong).is_err() && iterations_to_show(wrong, 0, 0.95).is_err());
        assert!(iterations_to_detect(0.9, wrong).is_err() && iterations_to_detect(wrong, 0.95).is_err());
        assert!(clustered_rate(&[0.5, 0.6], wrong).is_err());
        assert!(paired_difference(&[0.5, 0.6], &[0.5, 0.6], wrong).is_err());
        assert!(Sprt::new(wrong, 0.9, 0.05, 0.05).is_err());
        assert!(Sprt::new(0.5, 0.9, wrong, 0.05).is_err() && Sprt::new(0.5, 0.9, 0.05, wrong).is_err());
        let variances = Variances { between_tests: 0.1, within_first: 0.1, within_second: 0.1 };
        let levels = Levels { alpha: wrong, power: 0.8 };
        assert!(detectable_difference(5, &variances, 5, levels).is_err());
        assert!(tests_needed(0.1, &variances, 5, Levels { alpha: 0.05, power: wrong }).is_err());
    }
    for wrong in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert!(chance_to_detect(wrong, 3).is_err());
        assert!(holm(&[0.1, wrong]).is_err() && benjamini_hochberg(&[wrong]).is_err());
        assert!(clustered_rate(&[0.5, wrong], 0.95).is_err());
        assert!(paired_difference(&[0.5, 0.5], &[0.5, wrong], 0.95).is_err());
        let variances = Variances { between_tests: 0.1, within_first: 0.1, within_second: 0.1 };
        assert!(tests_needed(wrong, &variances, 5, Levels::default()).is_err());
    }
    assert!(sign_flip(&[f64::NAN], 1).is_err() && sign_flip(&[1.5], 1).is_err());
    for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(geometric_mean_ratio(&[1.0], &[wrong]).is_err());
    }
    assert!(Sprt::new(0.9, 0.8, 0.05, 0.05).is_err() && Sprt::new(0.9, 0.9, 0.05, 0.05).is_err());
    let wrong = Variances { between_tests: f64::NAN, within_first: 0.1, within_second: 0.1 };
    assert!(detectable_difference(5, &wrong, 5, Levels::default()).is_err());
}

#[test]
fn counts_that_mean_nothing_are_errors() {
    for (k, n) in [(0, 0), (1, 0), (3, 2), (u64::MAX, 5)] {
        assert_eq!(pass_rate(k, n), None);
        let wanted = if (k, n) == (0, 0) {
            StatsError::NothingCounted
        } else {
            StatsError::MorePassed { passed: k, counted: n }
        };
        assert_eq!(wilson_interval(k, n, 0.95), Err(wanted));
        assert_eq!(clopper_pearson_interval(k, n, 0.95), Err(wanted));
        assert_eq!(clopper_pearson_lower(k, n, 0.95), Err(wanted));
        assert_eq!(clopper_pearson_upper(k, n, 0.95), Err(wanted));
        assert_eq!(confidence_sequence(k, n, 0.05), Err(wanted));
        assert_eq!(curtailed_interval(k, n, 9, 0.95), Err(wanted));
        assert_eq!(entropy_bits(k, n), Err(wanted));
        assert_eq!(pass_at_k(n, k, 1), Err(wanted));
        assert_eq!(pass_hat_k(n, k, 1), Err(wanted));
        for (k0, n0, k1, n1) in [(k, n, 1, 2), (1, 2, k, n)] {
            assert_eq!(fisher_exact(k0, n0, k1, n1, Alternative::Less), Err(wanted));
            assert_eq!(boschloo_exact(k0, n0, k1, n1), Err(wanted));
            assert_eq!(newcombe_interval(k0, n0, k1, n1, 0.95), Err(wanted));
            assert_eq!(within_test_permutation(&[TestPair { k0, n0, k1, n1 }]), Err(wanted));
        }
    }
    assert!(pass_at_k(5, 3, 6).is_err() && pass_hat_k(5, 3, 6).is_err() && pass_hat_k(5, 3, 0).is_err());
    assert!(curtailed_verdict(3, 3, 4, 5).is_err() && curtailed_verdict(0, 0, 6, 5).is_err());
    assert!(chance_to_detect(0.5, 0).is_err());
    assert!(flip_rate(&[true]).is_err() && flip_rate(&[]).is_err());
    assert!(Distribution::of(&mut []).is_err());
    assert!(clustered_rate(&[0.5], 0.95).is_err());
    assert!(paired_difference(&[0.5, 0.6], &[0.5], 0.95).is_err());
    assert!(geometric_mean_ratio(&[1.0], &[]).is_err() && geometric_mean_ratio(&[], &[]).is_err());
    assert!(within_test_permutation(&[]).is_err());
    assert!(iterations_to_show(0.999_999_9, 0, 0.95).is_err());
    assert!(iterations_to_show(0.9, u64::MAX, 0.95).is_err());
    assert!(mcnemar_exact(u64::MAX, 1).is_err());
    assert!(fisher_exact(1, 2_000_000, 1, 2, Alternative::Less).is_err());
    assert!(boschloo_exact(1, 2_000, 1, 2).is_err());
}

#[test]
fn messages_name_the_argument() {
    let text = |error: StatsError| error.to_string();
    assert_eq!(
        text(wilson_interval(1, 2, 95.0).unwrap_err()),
        "confidence is 95, accepted is a fraction above 0 and below 1"
    );
    assert_eq!(
        text(wilson_interval(3, 2, 0.95).unwrap_err()),
        "3 passed of 2 counted: no more can pass than are counted"
    );
    assert_eq!(text(pass_hat_k(3, 3, 5).unwrap_err()), "3 iterations, at least 5 are needed");
    assert_eq!(
        text(iterations_to_show(0.9999999, 0, 0.95).unwrap_err()),
        "more than 1000000 iterations would be needed"
    );
    assert_eq!(
        text(paired_difference(&[0.5], &[], 0.95).unwrap_err()),
        "1 values beside 0: each needs its counterpart"
    );
}

fn counts(most: u64) -> impl Strategy<Value = (u64, u64)> {
    (1..=most).prop_flat_map(|n| (prop_oneof![Just(0), Just(n), 0..=n], Just(n)))
}

fn is_rate(value: f64) -> bool {
    (0.0..=1.0).contains(&value)
}

fn is_interval(interval: Interval) -> bool {
    is_rate(interval.lower) && is_rate(interval.upper) && interval.lower <= interval.upper
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_is_nan_up_to_a_million(
        (k, n) in counts(1_000_000),
        (k1, n1) in counts(1_000_000),
        confidence in prop_oneof![1e-12_f64..1.0, Just(f64::MIN_POSITIVE), Just(1.0 - f64::EPSILON / 2.0)],
    ) {
        prop_assert!(is_interval(wilson_interval(k, n, confidence).unwrap()));
        prop_assert!(is_interval(clopper_pearson_interval(k, n, confidence).unwrap()));
        prop_assert!(is_rate(clopper_pearson_lower(k, n, confidence).unwrap()));
        prop_assert!(is_rate(clopper_pearson_upper(k, n, confidence).unwrap()));
        prop_assert!(is_interval(confidence_sequence(k, n, confidence).unwrap()));
        prop_assert!(is_interval(curtailed_interval(k, n, n + n1, confidence).unwrap()));
        prop_assert!(is_rate(entropy_bits(k, n).unwrap()));
        prop_assert!(is_rate(pass_at_k(n, k, n.div_ceil(2)).unwrap()));
        prop_assert!(is_rate(pass_hat_k(n, k, n.div_ceil(2)).unwrap()));
        prop_assert!(is_rate(chance_to_detect(confidence, n).unwrap()));
        for alternative in [Alternative::Less, Alternative::Greater, Alternative::TwoSided] {
            prop_assert!(is_rate(fisher_exact(k, n, k1, n1, alternative).unwrap()));
        }
        let difference = newcombe_interval(k, n, k1, n1, confidence).unwrap();
        prop_assert!(-1.0 <= difference.lower && difference.lower <= difference.upper && difference.upper <= 1.0);
        prop_assert!(is_rate(mcnemar_exact(k / 2, k1 / 2).unwrap()));
        let decision = Sprt::new(0.8, 1.0, 0.05, 0.05).unwrap().decide(k, n - k);
        prop_assert!(k == n || decision == SprtDecision::Rejected);
    }

    #[test]
    fn means_are_finite(rates in prop::collection::vec(0.0_f64..=1.0, 2..60), confidence in 0.01_f64..0.9999) {
        let rate = clustered_rate(&rates, confidence).unwrap();
        prop_assert!(is_interval(rate.interval) && rate.standard_error.is_finite());
        prop_assert!(rate.interval.lower <= rate.mean + 1e-12 && rate.mean <= rate.interval.upper + 1e-12);
        let other: Vec<f64> = rates.iter().rev().copied().collect();
        let difference = paired_difference(&rates, &other, confidence).unwrap();
        prop_assert!(difference.interval.lower.is_finite() && difference.interval.upper.is_finite());
        let differences: Vec<f64> = rates.iter().zip(&other).map(|(a, b)| b - a).collect();
        prop_assert!(is_rate(sign_flip(&differences, 7).unwrap()));
    }

    #[test]
    fn any_numbers_are_a_distribution(mut numbers in prop::collection::vec(any::<u64>(), 1..200)) {
        let d = Distribution::of(&mut numbers).unwrap();
        prop_assert!(d.mean.is_finite() && d.median.is_finite());
        prop_assert!(d.standard_deviation.is_none_or(f64::is_finite));
        prop_assert!(d.min <= d.p95 && d.p95 <= d.max);
        if let Some((lower, upper)) = d.median_interval {
            prop_assert!(lower as f64 <= d.median && d.median <= upper as f64);
        }
    }
}
