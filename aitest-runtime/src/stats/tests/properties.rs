use proptest::prelude::*;

use super::super::*;

fn counts(most: u64) -> impl Strategy<Value = (u64, u64)> {
    (1..=most).prop_flat_map(|n| (0..=n, Just(n)))
}

proptest! {
    #[test]
    fn all_of_k_is_rarer_than_one_and_one_of_k_more_often((c, n) in counts(2000), k in 1_u64..2000) {
        let k = k.min(n);
        let rate = pass_rate(c, n).unwrap();
        let (all, any) = (pass_hat_k(n, c, k).unwrap(), pass_at_k(n, c, k).unwrap());
        prop_assert!(all <= rate + 1e-12 && rate <= any + 1e-12);
        prop_assert!((pass_hat_k(n, c, 1).unwrap() - rate).abs() < 1e-15);
    }

    #[test]
    fn the_sequence_is_wider_than_an_interval_and_mirrors((k, n) in counts(3000)) {
        let sequence = confidence_sequence(k, n, 0.05).unwrap();
        let interval = clopper_pearson_interval(k, n, 0.95).unwrap();
        let rate = pass_rate(k, n).unwrap();
        prop_assert!(sequence.lower <= rate && rate <= sequence.upper);
        prop_assert!(sequence.upper - sequence.lower >= interval.upper - interval.lower - 0.02);
        let mirror = confidence_sequence(n - k, n, 0.05).unwrap();
        prop_assert!((sequence.lower - (1.0 - mirror.upper)).abs() < 1e-9);
    }

    #[test]
    fn the_sequence_shrinks_with_n((k, n) in counts(500), times in 2_u64..20) {
        let width = |k, n| { let i = confidence_sequence(k, n, 0.05).unwrap(); i.upper - i.lower };
        prop_assert!(width(k * times, n * times) < width(k, n));
    }

    #[test]
    fn corrected_p_values_are_no_less_and_in_the_same_order(ps in prop::collection::vec(0.0_f64..=1.0, 0..40)) {
        for corrected in [holm(&ps).unwrap(), benjamini_hochberg(&ps).unwrap()] {
            for (i, p) in ps.iter().enumerate() {
                prop_assert!(*p <= corrected[i] && corrected[i] <= 1.0);
                for (j, q) in ps.iter().enumerate() {
                    prop_assert!(p > q || corrected[i] <= corrected[j]);
                }
            }
        }
        let (strict, mild) = (holm(&ps).unwrap(), benjamini_hochberg(&ps).unwrap());
        prop_assert!(strict.iter().zip(&mild).all(|(a, b)| *b <= *a + 1e-15));
    }

    #[test]
    fn a_difference_mirrors((k0, n0) in counts(300), (k1, n1) in counts(300)) {
        let there = newcombe_interval(k0, n0, k1, n1, 0.95).unwrap();
        let back = newcombe_interval(k1, n1, k0, n0, 0.95).unwrap();
        prop_assert!((there.lower + back.upper).abs() < 1e-12 && (there.upper + back.lower).abs() < 1e-12);
        let difference = k1 as f64 / n1 as f64 - k0 as f64 / n0 as f64;
        prop_assert!(there.lower <= difference + 1e-12 && difference <= there.upper + 1e-12);
        let less = fisher_exact(k0, n0, k1, n1, Alternative::Less).unwrap();
        let greater = fisher_exact(k1, n1, k0, n0, Alternative::Greater).unwrap();
        prop_assert!((less - greater).abs() < 1e-12);
        prop_assert!(smallest_p(k0, n0, n1).unwrap() <= 1.0);
    }

    #[test]
    fn boschloo_finds_no_less_than_fisher((k0, n0) in counts(25), (k1, n1) in counts(25)) {
        let boschloo = boschloo_exact(k0, n0, k1, n1).unwrap();
        let fisher = fisher_exact(k0, n0, k1, n1, Alternative::Less).unwrap();
        prop_assert!(0.0 <= boschloo && boschloo <= fisher + 1e-9, "{boschloo} {fisher}");
    }

    #[test]
    fn two_agents_may_change_places(counts in prop::collection::vec(((0_u64..=6), (0_u64..=8)), 1..8)) {
        let pair = |&(k0, k1): &(u64, u64)| TestPair { k0, n0: 6, k1, n1: 8 };
        let back = |&(k0, k1): &(u64, u64)| TestPair { k0: k1, n0: 8, k1: k0, n1: 6 };
        let there = within_test_permutation(&counts.iter().map(pair).collect::<Vec<_>>()).unwrap();
        let back = within_test_permutation(&counts.iter().map(back).collect::<Vec<_>>()).unwrap();
        prop_assert!((there - back).abs() < 1e-12 && there > 0.0 && there <= 1.0);
    }

    #[test]
    fn a_ratio_and_its_inverse_are_even(costs in prop::collection::vec((0.001_f64..1e9, 0.001_f64..1e9), 1..30)) {
        let (a, b): (Vec<f64>, Vec<f64>) = costs.into_iter().unzip();
        let ratio = geometric_mean_ratio(&a, &b).unwrap() * geometric_mean_ratio(&b, &a).unwrap();
        prop_assert!((ratio - 1.0).abs() < 1e-9);
    }

    #[test]
    fn as_many_tests_as_are_needed_detect_the_difference(
        difference in 0.01_f64..0.9, between in 0.0_f64..0.5, within in 0.0_f64..0.25, iterations in 1_u64..50,
    ) {
        let variances = Variances { between_tests: between + 1e-6, within_first: within, within_second: within };
        let tests = tests_needed(difference, &variances, iterations, Levels::default()).unwrap();
        let seen = |tests| detectable_difference(tests, &variances, iterations, Levels::default()).unwrap();
        prop_assert!(seen(tests) <= difference * (1.0 + 1e-9));
        prop_assert!(tests == 1 || seen(tests - 1) > difference * (1.0 - 1e-9));
    }
}

/// 20 tests of 10 iterations each: as many dealings as atoms in a gram, in one convolution.
#[test]
fn many_iterations_of_many_tests_are_dealt_exactly() {
    let pairs: Vec<TestPair> = (0..20).map(|i| TestPair { k0: 9 - i % 3, n0: 10, k1: 8 - i % 4, n1: 10 }).collect();
    let p = within_test_permutation(&pairs).unwrap();
    assert!((1e-6..0.01).contains(&p), "{p}");
    let uneven = [TestPair { k0: 1, n0: 999_983, k1: 1, n1: 999_979 }, TestPair { k0: 1, n0: 7, k1: 1, n1: 11 }];
    assert!(within_test_permutation(&uneven).is_err());
}
