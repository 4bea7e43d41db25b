use super::Baseline;
use super::change::ALPHA;
use crate::report::results::{GateResult, RegressionGate, Results, TestChange};

/// Whether a test regressed, after Holm over `family` tests. A gate that nothing could have failed is not met. A test
/// that is known to be flaky blocks nothing.
pub(super) fn gate(results: &Results<'_>, baseline: &Baseline, tests: &[TestChange], family: u64) -> RegressionGate {
    let judged: Vec<&TestChange> = tests.iter().filter(|test| !results.excuses(test.id)).collect();
    let regressed: Vec<&TestChange> = judged.iter().copied().filter(|test| is_below(test.p_drop_gate, 1.0)).collect();
    let (result, message) = if !regressed.is_empty() {
        let names: Vec<&str> = regressed.iter().map(|test| test.name.as_str()).collect();
        (GateResult::NotMet, format!("regressed: {}", names.join(", ")))
    } else if tests.is_empty() {
        nothing_compared(results, baseline)
    } else if judged.is_empty() {
        (GateResult::Met, "all tests are known to be flaky".to_owned())
    } else if let Some(message) = cannot_fail(&judged, family) {
        (GateResult::Inconclusive, message)
    } else {
        (GateResult::Met, "no test regressed".to_owned())
    };
    RegressionGate { result: result.into(), message }
}

fn is_below(p: Option<f64>, times: f64) -> bool {
    p.is_some_and(|p| p * times < ALPHA)
}

/// New tests cannot regress; a baseline without a single test of their target is another matter.
fn nothing_compared(results: &Results<'_>, baseline: &Baseline) -> (GateResult, String) {
    let is_known = results
        .tests
        .iter()
        .any(|test| baseline.tests.iter().any(|before| before.package == test.package && before.target == test.target));
    if is_known {
        return (GateResult::Met, "all tests are new".to_owned());
    }
    let message = match baseline.tests.is_empty() {
        true => "no earlier run is kept that finished a test: run once without AITEST_FAIL_ON_REGRESSION",
        false => "the baseline holds none of these tests: write it again from a run that has them",
    };
    (GateResult::Inconclusive, message.to_owned())
}

/// Why no result of these tests could have failed the gate. A test that never passed cannot get worse, which is an
/// answer.
fn cannot_fail(tests: &[&TestChange], family: u64) -> Option<String> {
    let graded: Vec<&TestChange> = tests.iter().copied().filter(|test| test.now.n > 0).collect();
    if graded.is_empty() {
        return Some("nothing was graded".to_owned());
    }
    let mut could_drop = graded.iter().filter(|test| test.before.passed > 0);
    let test = could_drop.clone().next()?;
    if could_drop.any(|test| is_below(test.smallest_p_drop, family as f64)) {
        return None;
    }
    Some(format!(
        "{} iterations beside {} cannot show a regression: run more of them, now and for the baseline",
        test.now.n, test.before.n
    ))
}
