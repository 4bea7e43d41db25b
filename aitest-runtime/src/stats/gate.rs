use std::cmp::Ordering;

use super::one::nearest_rank;
use super::{Row, TestSummary, pass_at_k, pass_hat_k};
use crate::record::{Comparison, Cost, Measure, Quantity, Reason, Statistic, TestGate, Verdict, VerdictKind};

/// What a gate observed, and whether it is met.
#[derive(Clone, Debug, PartialEq)]
pub struct GateOutcome {
    /// The observed value, as a fraction for rates, else in microseconds, pico-dollars or tokens; `None` where it could
    /// not be evaluated.
    pub observed: Option<f64>,
    /// Whether the gate is met. One that could not be evaluated is not.
    pub met: bool,
    /// What was observed, or why nothing could be: `31.2 s`, `2 of 5 iterations have no known cost`.
    pub text: String,
}

/// Evaluates `gate` over a test's counted iterations; those that were not graded do not count.
///
/// Rates are compared as ⌈rate · n⌉ and sums exactly; pass@k and pass^k within 10⁻¹².
pub fn evaluate(gate: &TestGate, rows: &[Row]) -> GateOutcome {
    let graded: Vec<&Row> = rows.iter().filter(|row| row.outcome.is_graded()).collect();
    let value = match gate.quantity {
        _ if graded.is_empty() => Err("no iteration was graded".to_owned()),
        Quantity::Of(statistic, measure) => measured(&graded, measure).map(|numbers| statistic_of(statistic, numbers)),
        quantity => rate(quantity, &graded),
    };
    match value {
        Ok(value) => GateOutcome {
            observed: Some(value.number(gate.quantity)),
            met: holds(gate.comparison, value.compare(gate.limit)),
            text: value.text(gate.quantity),
        },
        Err(why) => GateOutcome { observed: None, met: false, text: why },
    }
}

fn holds(comparison: Comparison, ordering: Ordering) -> bool {
    match comparison {
        Comparison::AtLeast => ordering.is_ge(),
        Comparison::Above => ordering.is_gt(),
        Comparison::AtMost => ordering.is_le(),
        Comparison::Below => ordering.is_lt(),
    }
}

/// Micro-percent of 1.
const WHOLE: f64 = 1e8;

/// An observed value in the unit of a limit.
enum Value {
    /// `top` / `bottom`, exact.
    Ratio { top: u128, bottom: u128 },
    /// A fraction that is not exact.
    Chance(f64),
}

impl Value {
    fn compare(&self, limit: u64) -> Ordering {
        match *self {
            Value::Ratio { top, bottom } => top.cmp(&u128::from(limit).saturating_mul(bottom)),
            Value::Chance(chance) => {
                let limit = limit as f64 / WHOLE;
                if (chance - limit).abs() <= 1e-12 { Ordering::Equal } else { chance.total_cmp(&limit) }
            }
        }
    }

    fn number(&self, quantity: Quantity) -> f64 {
        match *self {
            Value::Ratio { top, bottom } => {
                let unit = if quantity == Quantity::PassRate { WHOLE } else { 1.0 };
                top as f64 / bottom as f64 / unit
            }
            Value::Chance(chance) => chance,
        }
    }

    fn text(&self, quantity: Quantity) -> String {
        let number = self.number(quantity);
        match quantity {
            Quantity::Of(_, Measure::Duration) => seconds_text(number),
            Quantity::Of(_, Measure::Cost) => Cost::from_pico_usd(number.round() as u64).to_string(),
            Quantity::Of(..) => format!("{} tokens", number.round()),
            _ => format!("{:.1} %", number * 100.0),
        }
    }
}

/// `340 ms`, `31.2 s`
fn seconds_text(us: f64) -> String {
    if us < 1e6 { format!("{:.0} ms", us / 1e3) } else { format!("{:.1} s", us / 1e6) }
}

fn rate(quantity: Quantity, graded: &[&Row]) -> Result<Value, String> {
    let mut summary = TestSummary::default();
    graded.iter().for_each(|row| summary.add(row));
    let (n, c) = (summary.graded(), summary.passed);
    let (k, chance) = match quantity {
        Quantity::PassAt(k) => (k, pass_at_k(n, c, u64::from(k))),
        Quantity::PassHat(k) => (k, pass_hat_k(n, c, u64::from(k))),
        _ => return Ok(Value::Ratio { top: u128::from(c) * WHOLE as u128, bottom: u128::from(n) }),
    };
    chance.map(Value::Chance).map_err(|_| format!("{n} iterations were graded, at least {k} are needed"))
}

/// The values of every graded iteration, or of how many there is none.
fn measured(graded: &[&Row], measure: Measure) -> Result<Vec<u64>, String> {
    let numbers: Vec<u64> = graded.iter().filter_map(|row| value(row, measure)).collect();
    let unknown = graded.len() - numbers.len();
    let what = if measure == Measure::Cost { "known cost" } else { "count of tokens" };
    if unknown > 0 { Err(format!("{unknown} of {} iterations have no {what}", graded.len())) } else { Ok(numbers) }
}

fn value(row: &Row, measure: Measure) -> Option<u64> {
    match measure {
        Measure::Duration => Some(row.duration_us),
        Measure::Cost => row.known_cost().map(Cost::pico_usd),
        Measure::Tokens => row.agent.usage.total(),
        Measure::InputTokens => row.agent.usage.input_tokens,
        Measure::OutputTokens => row.agent.usage.output_tokens,
    }
}

/// `numbers` holds at least one.
fn statistic_of(statistic: Statistic, mut numbers: Vec<u64>) -> Value {
    numbers.sort_unstable();
    let n = numbers.len();
    let sum: u128 = numbers.iter().map(|&number| u128::from(number)).sum();
    let (top, bottom) = match statistic {
        Statistic::Mean => (sum, n as u128),
        Statistic::Sum => (sum, 1),
        Statistic::Median => (u128::from(numbers[(n - 1) / 2]) + u128::from(numbers[n / 2]), 2),
        Statistic::Percentile(percent) => (u128::from(nearest_rank(&numbers, u32::from(percent))), 1),
        Statistic::Min => (u128::from(numbers[0]), 1),
        Statistic::Max => (u128::from(numbers[n - 1]), 1),
    };
    Value::Ratio { top, bottom }
}

/// The verdict of a test whose gates came out so. One that is not met fails a test that would pass; while iterations
/// are missing that no stop rule left out, the gates are not known.
pub fn with_gates(verdict: Verdict, gates: &[(&TestGate, GateOutcome)], summary: &TestSummary) -> Verdict {
    if gates.is_empty() || !matches!(verdict.verdict, VerdictKind::Passed | VerdictKind::Failed) {
        return verdict;
    }
    let missed: Vec<String> = gates
        .iter()
        .filter(|(_, outcome)| !outcome.met)
        .map(|(gate, outcome)| match outcome.observed {
            Some(_) => format!("gate `{}` is not met: {}", gate.text, outcome.text),
            None => format!("gate `{}` could not be evaluated: {}", gate.text, outcome.text),
        })
        .collect();
    let unplanned = summary.missing().saturating_sub(summary.left_out);
    let message = |more: &str| format!("{}; {more}", verdict.message);
    match verdict.verdict {
        VerdictKind::Passed if unplanned > 0 => Verdict {
            verdict: VerdictKind::Inconclusive,
            reason: Reason::IterationsMissing,
            message: message(&format!("{unplanned} iterations are missing, which its gates need")),
        },
        VerdictKind::Passed if !missed.is_empty() => {
            Verdict { verdict: VerdictKind::Failed, reason: Reason::GateMissed, message: message(&missed.join("; ")) }
        }
        _ if !missed.is_empty() => Verdict { message: message(&missed.join("; ")), ..verdict },
        _ => verdict,
    }
}
