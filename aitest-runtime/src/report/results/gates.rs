use super::numbers::rounded;
use super::{Gate, GateResult};
use crate::record::{Comparison, Measure, Percent, Quantity, Reason, Statistic, TestGate, TestRecord, VerdictKind};
use crate::stats::{Row, TestSummary, clopper_pearson_lower, evaluate, judge, pass_rate};

/// The test's threshold, but for one that the run's gate judges, and its gates, as the last rerun met them.
pub(super) fn gates(test: &TestRecord) -> Vec<Gate> {
    let rows: Vec<Row> = test.counted().map(Row::from).collect();
    let own = test.rules.gates.iter().map(|gate| own(gate, test, &rows));
    threshold(test).into_iter().chain(own).collect()
}

fn threshold(test: &TestRecord) -> Option<Gate> {
    let summary = TestSummary::of(test);
    // What excuses a test, or fails it for another reason, changes nothing about its rate.
    let base = judge(&summary, &test.policy);
    let result = match base.verdict {
        _ if base.reason == Reason::LeftToRunGate => return None,
        _ if test.verdict.is_none() => GateResult::Inconclusive,
        VerdictKind::Passed => GateResult::Met,
        VerdictKind::Failed => GateResult::NotMet,
        VerdictKind::Inconclusive | VerdictKind::NotGraded => GateResult::Inconclusive,
    };
    let observed = pass_rate(summary.passed, summary.graded());
    let gate = Gate::of_pass_rate("test", test.policy.min_pass_rate.fraction(), observed, result);
    let confidence = test.policy.confidence().map(Percent::fraction);
    let bound = confidence.and_then(|share| clopper_pearson_lower(summary.passed, summary.graded(), share).ok());
    Some(match (base.reason, confidence) {
        (Reason::SequentialTest, _) => Gate { basis: "sprt".into(), ..gate },
        (_, Some(_)) => Gate { basis: "lower".into(), bound: bound.map(rounded), ..gate },
        _ => gate,
    })
}

fn own(gate: &TestGate, test: &TestRecord, rows: &[Row]) -> Gate {
    let outcome = evaluate(gate, rows);
    let is_rate = !matches!(gate.quantity, Quantity::Of(..));
    let limit = if is_rate { rounded(gate.limit as f64 / 1e8) } else { in_unit(gate.limit as f64, gate.quantity) };
    let observed = outcome.observed.map(|value| if is_rate { rounded(value) } else { in_unit(value, gate.quantity) });
    let result = match observed {
        _ if test.verdict.is_none() => GateResult::Inconclusive,
        None => GateResult::NotEvaluated,
        Some(_) if outcome.met => GateResult::Met,
        Some(_) => GateResult::NotMet,
    };
    Gate {
        scope: "test".into(),
        metric: metric(gate.quantity).into(),
        op: sign(gate.comparison).into(),
        threshold: limit,
        basis: "point".into(),
        observed,
        bound: None,
        unit: unit(gate.quantity).into(),
        text: Some(gate.text.to_string()),
        detail: Some(outcome.text),
        result: result.into(),
    }
}

fn sign(comparison: Comparison) -> &'static str {
    comparison.sign()
}

/// Milliseconds from microseconds; other units are as they are.
fn in_unit(value: f64, quantity: Quantity) -> f64 {
    if matches!(quantity, Quantity::Of(_, Measure::Duration)) { value / 1000.0 } else { value }
}

fn unit(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Of(_, Measure::Duration) => "ms",
        Quantity::Of(_, Measure::Cost) => "pico_usd",
        Quantity::Of(..) => "tokens",
        _ => "rate",
    }
}

fn metric(quantity: Quantity) -> String {
    let (statistic, measure) = match quantity {
        Quantity::PassRate => return "pass_rate".to_owned(),
        Quantity::PassAt(k) => return format!("pass@{k}"),
        Quantity::PassHat(k) => return format!("pass^{k}"),
        Quantity::Of(statistic, measure) => (statistic, measure),
    };
    let measure = match measure {
        Measure::Duration => "duration",
        Measure::Cost => "cost",
        Measure::Tokens => "tokens",
        Measure::InputTokens => "input_tokens",
        Measure::OutputTokens => "output_tokens",
    };
    match statistic {
        Statistic::Mean => format!("mean({measure})"),
        Statistic::Median => format!("median({measure})"),
        Statistic::Percentile(percent) => format!("p{percent}({measure})"),
        Statistic::Min => format!("min({measure})"),
        Statistic::Max => format!("max({measure})"),
        Statistic::Sum => format!("sum({measure})"),
    }
}

impl Gate {
    pub(super) fn of_pass_rate(scope: &'static str, threshold: f64, observed: Option<f64>, result: GateResult) -> Self {
        Gate {
            scope: scope.into(),
            metric: "pass_rate".into(),
            op: ">=".into(),
            threshold: rounded(threshold),
            basis: "point".into(),
            observed: observed.map(rounded),
            bound: None,
            unit: "rate".into(),
            text: None,
            detail: None,
            result: result.into(),
        }
    }
}
