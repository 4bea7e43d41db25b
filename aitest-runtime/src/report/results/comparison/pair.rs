use super::super::numbers::rounded;
use super::super::run::CONFIDENCE;
use super::super::wire_comparison::{Pair, PairResult, Ratio};
use super::planning::plan;
use super::{Cell, Cells, LEVELS, Tested};
use crate::stats::{
    Interval, TestPair, geometric_mean_ratio, mcnemar_exact, newcombe_interval, paired_difference, sign_flip,
    within_test_permutation,
};

/// Draws of signs are the same in every report of the same numbers.
const SEED: u64 = 1;

/// How likely the difference of `a` and `b` is by chance, as one of so many `pairs`.
///
/// The test is chosen by what ran, never by how it came out: with one iteration of each test McNemar's; with enough tests
/// that sign flips can reach the corrected level, those; else the iterations within the tests are dealt anew.
pub(super) fn test(a: &Cells, b: &Cells, pairs: usize) -> Tested {
    let common: Vec<(&Cell, &Cell)> = a.common(b).collect();
    if common.is_empty() {
        return Tested { pairs, ..Tested::default() };
    }
    let once = common.iter().all(|(a, b)| a.graded == 1 && b.graded == 1);
    let least_p = 2.0_f64.powi(1 - i32::try_from(common.len()).unwrap_or(i32::MAX));
    let (method, p) = if once {
        ("mcnemar", mcnemar(&common))
    } else if least_p * pairs as f64 > LEVELS.alpha {
        match within_test_permutation(&test_pairs(&common)) {
            Ok(p) => ("within_test_permutation", Some(p)),
            // Iteration counts too different to share a unit.
            Err(_) => ("sign_flip", flips(&common)),
        }
    } else {
        ("sign_flip", flips(&common))
    };
    Tested { method: Some(method), p, corrected: None, pairs }
}

fn mcnemar(common: &[(&Cell, &Cell)]) -> Option<f64> {
    let only = |more: fn(u64, u64) -> bool| common.iter().filter(|(a, b)| more(a.passed, b.passed)).count() as u64;
    mcnemar_exact(only(|a, b| a > b), only(|a, b| a < b)).ok()
}

fn flips(common: &[(&Cell, &Cell)]) -> Option<f64> {
    let differences: Vec<f64> = common.iter().map(|(a, b)| a.rate() - b.rate()).collect();
    sign_flip(&differences, SEED).ok()
}

fn test_pairs(common: &[(&Cell, &Cell)]) -> Vec<TestPair> {
    let pair = |(a, b): &(&Cell, &Cell)| TestPair { k0: a.passed, n0: a.graded, k1: b.passed, n1: b.graded };
    common.iter().map(pair).collect()
}

/// The first agent beside the second, which the ranking has below it.
pub(super) fn pair<'a>([(first, a), (second, b)]: [(String, &Cells); 2], tested: Tested) -> Pair<'a> {
    let common: Vec<(&Cell, &Cell)> = a.common(b).collect();
    let (difference, interval) = difference(&common);
    let plan = plan(&common, difference, tested.pairs);
    let is_told = tested.is_significant();
    Pair {
        first: first.into(),
        second: second.into(),
        tests: common.len() as u64,
        iterations: common.iter().map(|(a, b)| a.graded + b.graded).sum(),
        difference: difference.map(rounded),
        ci: interval.map(|interval| [interval.lower, interval.upper].map(rounded)),
        method: tested.method.map(Into::into),
        p: tested.p.map(rounded),
        p_corrected: tested.corrected.map(rounded),
        result: match difference {
            None => PairResult::NotComparable,
            Some(difference) if is_told && difference > 0.0 => PairResult::FirstBetter,
            Some(difference) if is_told && difference < 0.0 => PairResult::SecondBetter,
            Some(_) => PairResult::NoEvidence,
        }
        .into(),
        cost_ratio: ratio(common.iter().map(|(a, b)| Some((a.cost()?, b.cost()?)))),
        duration_ratio: ratio(common.iter().map(|(a, b)| Some((a.working_time(), b.working_time())))),
        detectable_difference: plan.detectable.map(rounded),
        iterations_needed: plan.iterations.filter(|_| !is_told),
        tests_needed: plan.tests.filter(|_| !is_told),
    }
}

/// The first's mean rate less the second's, and its interval where the tests tell one.
fn difference(common: &[(&Cell, &Cell)]) -> (Option<f64>, Option<Interval>) {
    if let [(a, b)] = common {
        let interval = newcombe_interval(b.passed, b.graded, a.passed, a.graded, CONFIDENCE);
        return (Some(a.rate() - b.rate()), interval.ok());
    }
    let rates = |of: fn(&(&Cell, &Cell)) -> f64| common.iter().map(of).collect::<Vec<f64>>();
    let estimate = paired_difference(&rates(|(_, b)| b.rate()), &rates(|(a, _)| a.rate()), CONFIDENCE).ok();
    // Equal differences in all tests say nothing about how much they vary.
    let interval = estimate.filter(|estimate| estimate.standard_error > 0.0).map(|estimate| estimate.interval);
    (estimate.map(|estimate| estimate.mean), interval)
}

/// How many times the first's is the second's, over the tests in which both are known and above 0.
fn ratio(values: impl Iterator<Item = Option<(f64, f64)>>) -> Option<Ratio> {
    let known = values.flatten().filter(|(first, second)| *first > 0.0 && *second > 0.0);
    let (first, second): (Vec<f64>, Vec<f64>) = known.unzip();
    let value = geometric_mean_ratio(&second, &first).ok()?;
    Some(Ratio { value: rounded(value), tests: first.len() as u64 })
}
