use super::{Cell, LEVELS};
use crate::stats::{Levels, Variances, detectable_difference, tests_needed};

/// The most iterations of a test that are proposed.
const MOST_ITERATIONS: u64 = 10_000;
/// The most tests that are proposed.
const MOST_TESTS: u64 = 100_000;

/// What would tell two agents apart, if the difference is the one seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Plan {
    /// The least difference that what ran shows with the chance of the plan.
    pub(super) detectable: Option<f64>,
    /// Iterations of each test and agent, with the tests there are.
    pub(super) iterations: Option<u64>,
    /// Tests, with the iterations there are.
    pub(super) tests: Option<u64>,
}

/// The plan for agents with these cells, `difference` apart, as one of so many pairs.
pub(super) fn plan(common: &[(&Cell, &Cell)], difference: Option<f64>, pairs: usize) -> Plan {
    if common.is_empty() {
        return Plan::default();
    }
    let tests = common.len() as u64;
    let levels = Levels { alpha: LEVELS.alpha / pairs.max(1) as f64, ..LEVELS };
    let iterations = common.iter().map(|(a, b)| a.graded + b.graded).sum::<u64>() / (2 * tests);
    let iterations = iterations.max(1);
    let variances = variances(common, iterations);
    let detects = |iterations| detectable_difference(tests, &variances, iterations, levels).ok();
    let wanted = difference.map(f64::abs).filter(|difference| *difference > 0.0);
    Plan {
        detectable: detects(iterations).map(|difference| difference.min(1.0)),
        iterations: wanted.and_then(|wanted| least_iterations(|n| detects(n).is_some_and(|least| least <= wanted))),
        // One test does not tell how much tests differ.
        tests: wanted
            .filter(|_| tests > 1)
            .and_then(|wanted| tests_needed(wanted, &variances, iterations, levels).ok())
            .filter(|tests| *tests <= MOST_TESTS),
    }
}

/// The least number for which `tells` holds; it holds from there on. `None` when the tests vary too much for any.
fn least_iterations(tells: impl Fn(u64) -> bool) -> Option<u64> {
    if !tells(MOST_ITERATIONS) {
        return None;
    }
    let (mut low, mut high) = (0, MOST_ITERATIONS);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if tells(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// Where the differences of the two agents come from. A test of which all iterations passed is taken to pass
/// (k + 1) / (n + 2) of the time, after Laplace: with its own 100 % it would seem to need no iterations at all.
fn variances(common: &[(&Cell, &Cell)], iterations: u64) -> Variances {
    let count = common.len() as f64;
    let within = |cell: &Cell| {
        let rate = (cell.passed + 1) as f64 / (cell.graded + 2) as f64;
        rate * (1.0 - rate)
    };
    let (first, second) = common.iter().fold((0.0, 0.0), |(a, b), pair| (a + within(pair.0), b + within(pair.1)));
    let (within_first, within_second) = (first / count, second / count);
    let differences: Vec<f64> = common.iter().map(|(a, b)| a.rate() - b.rate()).collect();
    let mean = differences.iter().sum::<f64>() / count;
    let squares: f64 = differences.iter().map(|difference| (difference - mean).powi(2)).sum();
    let seen = if count > 1.0 { squares / (count - 1.0) } else { 0.0 };
    let by_iterations = (within_first + within_second) / iterations as f64;
    Variances { between_tests: (seen - by_iterations).max(0.0), within_first, within_second }
}
