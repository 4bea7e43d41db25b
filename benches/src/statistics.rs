//! The statistics, in this process: always the release profile.

use std::hint::black_box;
use std::time::Instant;

use aitest_runtime::record::{Outcome, Policy, Spend};
use aitest_runtime::stats::{
    Row, TestPair, TestSummary, clopper_pearson_interval, confidence_sequence, judge, wilson_interval,
    within_test_permutation,
};

use crate::subjects::Figures;

const TESTS: u32 = 1_000;
const ITERATIONS: u32 = 100;
const INTERVALS: u64 = 1_000;

pub(crate) fn measure(figures: &mut Figures) {
    let mut least = |name: &str, us: f64| {
        figures.entry(name.to_owned()).and_modify(|known| *known = known.min(us)).or_insert(us);
    };
    least("summarise_us", timed(summarise));
    for (name, interval) in [
        ("wilson_us", (|k, n| wilson_interval(k, n, 0.95).map_or(0.0, |i| i.lower)) as fn(u64, u64) -> f64),
        ("clopper_pearson_us", |k, n| clopper_pearson_interval(k, n, 0.95).map_or(0.0, |i| i.lower)),
        ("sequence_us", |k, n| confidence_sequence(k, n, 0.05).map_or(0.0, |i| i.lower)),
    ] {
        let all = timed(|| {
            for i in 0..INTERVALS {
                let n = 1 + i % 100;
                black_box(interval(black_box(i % (n + 1)), black_box(n)));
            }
        });
        least(name, all / INTERVALS as f64);
    }
    least("permutation_us", timed(permutation));
}

/// 100,000 iterations in 1,000 tests: counts, sums, verdict and interval of each.
fn summarise() {
    for test in 0..TESTS {
        let mut summary = TestSummary::new(ITERATIONS);
        for iteration in 0..ITERATIONS {
            let outcome = if (test + iteration) % 10 == 0 { Outcome::Failed } else { Outcome::Passed };
            let (agent, judge) = (Spend::default(), Spend::default());
            summary.add(&Row { outcome, skipped_by: None, duration_us: u64::from(iteration), agent, judge });
        }
        black_box(judge(&summary, &Policy::default()));
        let _ = black_box(wilson_interval(summary.passed, summary.graded(), 0.95));
    }
}

/// 20 tests of 10 iterations, two agents.
fn permutation() {
    let pairs: Vec<TestPair> = (0..20).map(|i| TestPair { k0: 9 - i % 3, n0: 10, k1: 8 - i % 4, n1: 10 }).collect();
    let _ = black_box(within_test_permutation(black_box(&pairs)));
}

fn timed(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64() * 1e6
}
