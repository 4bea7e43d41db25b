//! Exact arithmetic in whole numbers, exhaustively for n ≤ 12.

use super::super::*;

fn choose(n: u64, k: u64) -> u128 {
    if k > n { 0 } else { (0..k).fold(1, |product, i| product * u128::from(n - i) / u128::from(i + 1)) }
}

#[track_caller]
fn close(value: f64, top: u128, bottom: u128) {
    let wanted = top as f64 / bottom as f64;
    assert!((value - wanted).abs() <= 1e-12, "{value} is not {top}/{bottom}");
}

#[test]
fn pass_at_and_hat_k_are_ratios_of_binomials() {
    for n in 1..=12 {
        for c in 0..=n {
            for k in 1..=n {
                close(1.0 - pass_at_k(n, c, k).unwrap(), choose(n - c, k), choose(n, k));
                close(pass_hat_k(n, c, k).unwrap(), choose(c, k), choose(n, k));
            }
        }
    }
}

#[test]
fn fisher_is_a_sum_of_products_of_binomials() {
    for (n0, n1) in (1..=12).flat_map(|n0| (1..=12).map(move |n1| (n0, n1))) {
        for (k0, k1) in (0..=n0).flat_map(|k0| (0..=n1).map(move |k1| (k0, k1))) {
            let m = k0 + k1;
            let ways = |x: u64| if x > m { 0 } else { choose(n1, x) * choose(n0, m - x) };
            let sum = |keep: &dyn Fn(u64) -> bool| (0..=n1).filter(|x| keep(*x)).map(ways).sum::<u128>();
            let all = choose(n0 + n1, m);
            let p = |alternative| fisher_exact(k0, n0, k1, n1, alternative).unwrap();
            close(p(Alternative::Less), sum(&|x| x <= k1), all);
            close(p(Alternative::Greater), sum(&|x| x >= k1), all);
            close(p(Alternative::TwoSided), sum(&|x| ways(x) <= ways(k1)), all);
        }
    }
}

#[test]
fn mcnemar_is_a_sum_of_binomials() {
    for (b, c) in (0..=12_u64).flat_map(|b| (0..=12_u64).map(move |c| (b, c))) {
        let n = b + c;
        let tail: u128 = (b.max(c)..=n).map(|x| choose(n, x)).sum();
        close(mcnemar_exact(b, c).unwrap(), (2 * tail).min(1 << n), 1 << n);
    }
}

/// Differences in whole twelfths: every assignment of signs, one by one.
#[test]
fn sign_flips_are_counted_one_by_one() {
    for set in
        [&[1_i32, 2, 3][..], &[-4, 4, 0, 1], &[-1, -1, -1, -1, 5, 2], &[12, -12], &[3, -1, 2, 2, -5, 7, 1, 0, 4, -6]]
    {
        let sizes: Vec<i32> = set.iter().map(|d| d.abs()).filter(|d| *d > 0).collect();
        let seen = set.iter().sum::<i32>().abs();
        let sum =
            |signs: u32| sizes.iter().enumerate().map(|(i, d)| if signs >> i & 1 == 1 { *d } else { -d }).sum::<i32>();
        let count = (0..1_u32 << sizes.len()).filter(|signs| sum(*signs).abs() >= seen).count();
        let differences: Vec<f64> = set.iter().map(|d| f64::from(*d) / 12.0).collect();
        close(sign_flip(&differences, 1).unwrap(), count as u128, 1 << sizes.len());
    }
    assert_eq!(sign_flip(&[], 1), Ok(1.0));
    assert_eq!(sign_flip(&[0.0, 0.0], 1), Ok(1.0));
}

/// Drawn signs come near to counted ones, and are the same for one seed.
#[test]
fn drawn_sign_flips_are_near_the_exact_ones() {
    let differences: Vec<f64> = (0..20).map(|i| if i % 3 == 0 { -0.2 } else { 0.1 + f64::from(i) / 100.0 }).collect();
    let exact = sign_flip(&differences, 1).unwrap();
    // A 21st difference too small to matter makes them drawn.
    let more: Vec<f64> = differences.iter().copied().chain([1e-12]).collect();
    let drawn = sign_flip(&more, 1).unwrap();
    assert!((drawn - exact).abs() < 0.005, "{drawn} {exact}");
    assert_eq!(sign_flip(&more, 1), Ok(drawn));
    assert_ne!(sign_flip(&more, 2), Ok(drawn));
}

/// Every order of outcomes: a curtailed run's verdict is the full run's, and it ends as early as it can.
#[test]
fn a_curtailed_verdict_is_the_full_runs() {
    for planned in 1..=12_u32 {
        for required in 0..=planned {
            for outcomes in 0..1_u32 << planned {
                let full = outcomes.count_ones() >= required;
                let early = (0..=planned).find_map(|run| {
                    let passed = (outcomes & ((1 << run) - 1)).count_ones();
                    let [passed, failed] = [passed, run - passed].map(u64::from);
                    curtailed_verdict(passed, failed, required.into(), planned.into()).unwrap()
                });
                assert_eq!(early, Some(full), "{outcomes:b} of {planned}, {required} required");
            }
        }
    }
}

#[test]
fn a_curtailed_interval_holds_every_way_to_go_on() {
    for planned in 1..=12 {
        for run in 1..=planned {
            for k in 0..=run {
                let union = curtailed_interval(k, run, planned, 0.95).unwrap();
                for more in 0..=planned - run {
                    let one = clopper_pearson_interval(k + more, planned, 0.95).unwrap();
                    assert!(union.lower <= one.lower && one.upper <= union.upper);
                }
            }
        }
    }
}
