use super::Baseline;
use super::change::ALPHA;
use crate::report::results::{GateResult, RegressionGate, Results, TestChange};

/// Whether a test regressed, after Holm. A gate that nothing could have failed is not met.
pub(super) fn gate(results: &Results<'_>, baseline: &Baseline, tests: &[TestChange]) -> RegressionGate {
    let regressed: Vec<&TestChange> = tests.iter().filter(|test| is_below(test.p_drop_gate, 1.0)).collect();
    let (result, message) = if !regressed.is_empty() {
        let names: Vec<&str> = regressed.iter().map(|test| test.name.as_str()).collect();
        (GateResult::NotMet, format!("regressed: {}", names.join(", ")))
    } else if tests.is_empty() {
        nothing_compared(results, baseline)
    } else if let Some(message) = cannot_fail(tests) {
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
fn cannot_fail(tests: &[TestChange]) -> Option<String> {
    let family = tests.len() as f64;
    let graded: Vec<&TestChange> = tests.iter().filter(|test| test.now.n > 0).collect();
    if graded.is_empty() {
        return Some("nothing was graded".to_owned());
    }
    let could = |test: &&TestChange| test.before.passed == 0 || is_below(test.smallest_p_drop, family);
    if graded.iter().any(could) {
        return None;
    }
    let test = graded[0];
    Some(format!(
        "{} iterations beside {} cannot show a regression: run more of them, now and for the baseline",
        test.now.n, test.before.n
    ))
}
