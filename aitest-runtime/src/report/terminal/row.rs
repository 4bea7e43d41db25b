use super::super::results::{GateResult, Test};
use super::super::status::Status;
use super::super::text::{grouped, interval_text, percent_of, short_duration};
use super::{TerminalOptions, verdicts};
use crate::record::{Cost, VerdictKind};

/// Name, passed of graded, interval, duration, tokens, cost, what else is to say.
pub(super) const CELLS: usize = 7;

/// One test's line in pieces.
pub(super) struct Row {
    pub(super) status: Status,
    pub(super) word: &'static str,
    pub(super) cells: [String; CELLS],
}

impl Row {
    /// `before` is what the earlier result is of: `last run`, `baseline`.
    pub(super) fn of(status: Status, test: &Test<'_>, before: &str, options: &TerminalOptions) -> Self {
        let (stats, counts) = (&test.stats, &test.stats.counts);
        let unknown = options.line("—");
        let cost = match stats.cost_pico_usd {
            Some(spread) => Cost::from_pico_usd(spread.mean).to_string(),
            None if stats.charged > 0 => unknown,
            None => String::new(),
        };
        let interval = stats.ci.filter(|_| counts.n > 1).map(|ci| format!("[{}%]", interval_text(ci, '-')));
        let mut remarks = remarks(status, test);
        remarks.extend(test.previous.as_ref().map(|run| format!("{before} {}/{}", run.passed, run.n)));
        let cells = [
            options.line(&test.name()),
            if counts.n == 0 { "-".to_owned() } else { format!("{}/{}", counts.passed, counts.n) },
            interval.unwrap_or_default(),
            stats.duration_ms.map(|spread| format!("p50 {}", short_duration(spread.p50))).unwrap_or_default(),
            stats.tokens.map(|spread| format!("{} tok", grouped(spread.p50))).unwrap_or_default(),
            cost,
            remarks.join(", "),
        ];
        Row { status, word: if status == Status::Errored { "ERROR" } else { status.word() }, cells }
    }

    /// Whether a cell stands at the left of its column: names and texts, not numbers.
    pub(super) fn is_left(&self, cell: usize) -> bool {
        matches!(cell, 0 | 2 | 6)
    }
}

fn remarks(status: Status, test: &Test<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    let has_own = test.policy.is_some_and(|policy| policy.own_threshold);
    // The threshold; gates have lines of their own.
    for gate in test.gates.iter().filter(|gate| gate.text.is_none()) {
        let threshold = percent_of(gate.threshold);
        match gate.result.known() {
            Some(GateResult::Met) if has_own && status != Status::Pass => remarks.push(format!(">={threshold}% met")),
            Some(GateResult::NotMet) if !verdicts::is_excused(test) => {
                remarks.push(format!(">={threshold}% NOT MET"));
            }
            _ => {}
        }
    }
    let verdict = test.verdict.as_ref().map(|verdict| verdict.verdict.known());
    match verdict {
        None => remarks.push("did not finish".to_owned()),
        Some(Some(VerdictKind::NotGraded)) if status != Status::Errored => remarks.push("NOT GRADED".to_owned()),
        Some(Some(VerdictKind::Inconclusive)) if status != Status::Inconclusive => {
            remarks.push("INCONCLUSIVE".to_owned());
        }
        Some(Some(VerdictKind::Passed)) if test.rerun > 1 => remarks.push(format!("passed on rerun {}", test.rerun)),
        _ => {}
    }
    let kept = test.iterations.iter().filter(|iteration| iteration.kept_from.is_some()).count();
    if kept > 0 {
        remarks.push(format!("{kept} kept"));
    }
    let errored = test.stats.counts.errored;
    if errored > 0 {
        let budget = test.policy.map_or(0, |policy| policy.max_errored);
        remarks.push(format!("+{errored} errored (budget {budget})"));
    }
    remarks
}
