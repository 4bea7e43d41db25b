//! Coverage by exact binomial sums: how often an interval holds the true rate.

use super::super::special::ln_point;
use super::super::*;

fn rates() -> impl Iterator<Item = f64> {
    (1..40).map(|i| f64::from(i) / 40.0)
}

/// The chance that what `holds` says of k holds, for k of n at `p`.
fn chance(n: u64, p: f64, holds: impl Fn(u64) -> bool) -> f64 {
    (0..=n).filter(|k| holds(*k)).map(|k| ln_point(k as f64, n as f64, p, 1.0 - p).exp()).sum()
}

#[test]
fn clopper_pearson_never_covers_less_than_it_says() {
    for confidence in [0.9, 0.95] {
        for n in (1..=20).chain([50, 77, 100]) {
            let intervals: Vec<_> = (0..=n).map(|k| clopper_pearson_interval(k, n, confidence).unwrap()).collect();
            let lowers: Vec<_> = (0..=n).map(|k| clopper_pearson_lower(k, n, confidence).unwrap()).collect();
            let uppers: Vec<_> = (0..=n).map(|k| clopper_pearson_upper(k, n, confidence).unwrap()).collect();
            for p in rates() {
                let inside = |k: u64| intervals[k as usize].lower <= p && p <= intervals[k as usize].upper;
                assert!(chance(n, p, inside) >= confidence - 1e-12, "two-sided at {p} of {n}");
                assert!(chance(n, p, |k| lowers[k as usize] <= p) >= confidence - 1e-12, "lower at {p} of {n}");
                assert!(chance(n, p, |k| p <= uppers[k as usize]) >= confidence - 1e-12, "upper at {p} of {n}");
            }
        }
    }
}

#[test]
fn wilson_covers_about_what_it_says() {
    let mean =
        rates().map(|p| chance(30, p, |k| wilson_interval(k, 30, 0.95).is_ok_and(|ci| ci.lower <= p && p <= ci.upper)));
    let mean = mean.sum::<f64>() / rates().count() as f64;
    assert!((0.94..0.97).contains(&mean), "{mean}");
}

/// The chance that a path of outcomes leaves the sequence at any of 500 times, step by step over k.
#[test]
fn the_confidence_sequence_covers_at_all_times_at_once() {
    const TIMES: usize = 500;
    for alpha in [0.05, 0.2] {
        // Mirrored, so that half of each row is enough.
        let rows: Vec<Vec<Interval>> = (1..=TIMES as u64)
            .map(|n| (0..=n / 2).map(|k| confidence_sequence(k, n, alpha).unwrap()).collect())
            .collect();
        let inside = |k: usize, n: usize, p: f64| {
            let row = &rows[n - 1];
            let (interval, p) = if k <= n / 2 { (row[k], p) } else { (row[n - k], 1.0 - p) };
            interval.lower <= p && p <= interval.upper
        };
        for p in [0.02, 0.1, 0.3, 0.5, 0.75, 0.95] {
            let mut paths = vec![1.0];
            for n in 1..=TIMES {
                let mut next = vec![0.0; n + 1];
                for (k, chance) in paths.iter().enumerate() {
                    next[k] += chance * (1.0 - p);
                    next[k + 1] += chance * p;
                }
                for (k, chance) in next.iter_mut().enumerate() {
                    if !inside(k, n, p) {
                        *chance = 0.0;
                    }
                }
                paths = next;
            }
            let covered: f64 = paths.iter().sum();
            assert!(covered >= 1.0 - alpha, "{covered} at {p}, alpha {alpha}");
        }
    }
}

/// Where the sequential test ends, and with what chance, step by step over the paths that go on.
fn ends(test: &Sprt, p: f64, most: u64) -> (f64, f64) {
    let (mut accepted, mut rejected) = (0.0, 0.0);
    let mut paths = vec![1.0];
    for n in 1..=most {
        let mut next = vec![0.0; n as usize + 1];
        for (k, chance) in paths.iter().enumerate() {
            next[k] += chance * (1.0 - p);
            next[k + 1] += chance * p;
        }
        for (k, chance) in next.iter_mut().enumerate() {
            match test.decide(k as u64, n - k as u64) {
                SprtDecision::Accepted => accepted += std::mem::take(chance),
                SprtDecision::Rejected => rejected += std::mem::take(chance),
                SprtDecision::Continue => {}
            }
        }
        paths = next;
    }
    (accepted, rejected)
}

/// Wald's bounds: α′ ≤ α / (1 − β), β′ ≤ β / (1 − α), and α′ + β′ ≤ α + β.
#[test]
fn the_sequential_test_errs_as_seldom_as_it_says() {
    for (p0, p1, alpha, beta) in [(0.7, 0.9, 0.05, 0.05), (0.8, 0.9, 0.1, 0.05), (0.9, 1.0, 0.05, 0.1)] {
        let test = Sprt::new(p0, p1, alpha, beta).unwrap();
        let (false_accept, caught) = ends(&test, p0, 400);
        let (kept, false_reject) = ends(&test, p1, 400);
        assert!(false_accept <= alpha / (1.0 - beta), "{false_accept}");
        assert!(false_reject <= beta / (1.0 - alpha), "{false_reject}");
        assert!(false_accept + false_reject <= alpha + beta);
        assert!(caught > 0.85 && kept > 0.85, "{caught} {kept}: it ends");
    }
}
