use super::super::{GateOutcome, Row, TestSummary, evaluate, judge, with_gates};
use crate::record::{
    Comparison, Cost, Measure, Outcome, Policy, Quantity, Reason, Spend, Statistic, TestGate, TokenUsage, VerdictKind,
};

fn row(outcome: Outcome, ms: u64, cents: Option<u64>) -> Row {
    let cost = cents.map(|cents| Cost::from_pico_usd(cents * 10_000_000_000));
    let agent = Spend { usage: TokenUsage::new(100, 10), cost, unpriced: u64::from(cost.is_none()) };
    Row { outcome, skipped_by: None, duration_us: ms * 1000, agent, judge: Spend::default() }
}

/// Four graded iterations of 1, 2, 3 and 10 s and as many cents, one of which failed, and an errored one.
fn rows() -> Vec<Row> {
    let graded = [(Outcome::Passed, 1), (Outcome::Passed, 2), (Outcome::Failed, 3), (Outcome::Passed, 10)];
    let mut rows: Vec<Row> = graded.map(|(outcome, n)| row(outcome, n * 1000, Some(n))).into();
    rows.push(row(Outcome::Errored, 99_000, None));
    rows
}

fn gate(quantity: Quantity, comparison: Comparison, limit: u64) -> TestGate {
    TestGate::new("the gate", quantity, comparison, limit)
}

fn met(quantity: Quantity, comparison: Comparison, limit: u64) -> bool {
    evaluate(&gate(quantity, comparison, limit), &rows()).met
}

#[test]
fn statistics_of_the_graded_iterations() {
    const SECOND: u64 = 1_000_000;
    for (statistic, seconds) in [
        (Statistic::Mean, 4),
        (Statistic::Percentile(95), 10),
        (Statistic::Percentile(25), 1),
        (Statistic::Min, 1),
        (Statistic::Max, 10),
        (Statistic::Sum, 16),
    ] {
        let quantity = Quantity::Of(statistic, Measure::Duration);
        let limit = seconds * SECOND;
        assert!(met(quantity, Comparison::AtMost, limit) && met(quantity, Comparison::AtLeast, limit), "{statistic:?}");
        assert!(!met(quantity, Comparison::Below, limit) && !met(quantity, Comparison::Above, limit));
        assert!(met(quantity, Comparison::Below, limit + 1) && met(quantity, Comparison::Above, limit - 1));
    }
    let median = Quantity::Of(Statistic::Median, Measure::Cost);
    assert_eq!(evaluate(&gate(median, Comparison::AtMost, 25_000_000_000), &rows()).text, "$0.0250");
    assert!(met(median, Comparison::AtMost, 25_000_000_000) && !met(median, Comparison::AtMost, 24_999_999_999));
    assert!(met(Quantity::Of(Statistic::Sum, Measure::Tokens), Comparison::AtMost, 440));
    assert!(met(Quantity::Of(Statistic::Max, Measure::OutputTokens), Comparison::Below, 11));
    assert!(met(Quantity::Of(Statistic::Min, Measure::InputTokens), Comparison::AtLeast, 100));
}

#[test]
fn rates_are_compared_without_rounding() {
    assert!(met(Quantity::PassRate, Comparison::AtLeast, 75_000_000));
    assert!(!met(Quantity::PassRate, Comparison::AtLeast, 75_000_001));
    // C(3, 2) / C(4, 2) is exactly one half.
    assert!(met(Quantity::PassHat(2), Comparison::AtLeast, 50_000_000));
    assert!(!met(Quantity::PassHat(2), Comparison::Above, 50_000_000));
    assert!(met(Quantity::PassAt(2), Comparison::AtLeast, 100_000_000));
    let nine_of_ten: Vec<Row> =
        (0..10).map(|i| row(if i == 0 { Outcome::TimedOut } else { Outcome::Passed }, 1, Some(1))).collect();
    let gate = gate(Quantity::PassHat(2), Comparison::AtLeast, 80_000_000);
    assert!(evaluate(&gate, &nine_of_ten).met, "36 of 45 is 80 %");
}

#[test]
fn what_is_not_known_meets_nothing() {
    let outcome = |quantity, rows: &[Row]| evaluate(&gate(quantity, Comparison::AtLeast, 0), rows);
    let unknown = |outcome: GateOutcome| (outcome.observed, outcome.met, outcome.text);
    let mut rows = rows();
    rows[0].agent.unpriced = 1;
    let cost = Quantity::Of(Statistic::Mean, Measure::Cost);
    assert_eq!(unknown(outcome(cost, &rows)), (None, false, "1 of 4 iterations have no known cost".to_owned()));
    rows[1].agent.usage = TokenUsage::default();
    let tokens = Quantity::Of(Statistic::Mean, Measure::Tokens);
    assert_eq!(unknown(outcome(tokens, &rows)), (None, false, "1 of 4 iterations have no count of tokens".to_owned()));
    let few = unknown(outcome(Quantity::PassHat(5), &rows));
    assert_eq!(few, (None, false, "4 iterations were graded, at least 5 are needed".to_owned()));
    for quantity in [Quantity::PassRate, cost, Quantity::Of(Statistic::Max, Measure::Duration)] {
        let nothing = unknown(outcome(quantity, &[row(Outcome::Errored, 1, None)]));
        assert_eq!(nothing, (None, false, "no iteration was graded".to_owned()));
    }
}

#[test]
fn a_missed_gate_fails_what_would_pass_and_waits_for_what_is_missing() {
    let gate = gate(Quantity::PassHat(2), Comparison::AtLeast, 80_000_000);
    let policy = Policy { min_pass_rate: "50".parse().unwrap(), own_threshold: true, ..Policy::default() };
    let judged = |summary: TestSummary, met: bool| {
        let outcome = GateOutcome { observed: Some(0.5), met, text: "50.0 %".to_owned() };
        let verdict = with_gates(judge(&summary, &policy), &[(&gate, outcome)], &summary);
        (verdict.verdict, verdict.reason)
    };
    let full = TestSummary { passed: 3, failed: 1, ..TestSummary::new(4) };
    assert_eq!(judged(full, true), (VerdictKind::Passed, Reason::ThresholdMet));
    assert_eq!(judged(full, false), (VerdictKind::Failed, Reason::GateMissed));
    let failed = TestSummary { passed: 1, failed: 3, ..TestSummary::new(4) };
    assert_eq!(judged(failed, false), (VerdictKind::Failed, Reason::ThresholdMissed));
    let interrupted = TestSummary { interrupted: 1, ..TestSummary { passed: 3, ..TestSummary::new(4) } };
    let tolerant = Policy { max_errored: crate::record::ErrorBudget::Count(1), ..policy };
    let outcome = GateOutcome { observed: Some(1.0), met: true, text: String::new() };
    let verdict = with_gates(judge(&interrupted, &tolerant), &[(&gate, outcome)], &interrupted);
    assert_eq!((verdict.verdict, verdict.reason), (VerdictKind::Inconclusive, Reason::IterationsMissing));
}
