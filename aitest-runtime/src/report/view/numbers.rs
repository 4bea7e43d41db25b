//! Numbers as the page writes them.

use super::super::results::{Charge, Counts};
use super::super::text::{grouped, plural};
use crate::record::Cost;
use crate::stats::percent_text;

/// `$0.0012`, `≥ $0.4200 (2 unpriced)`, `—`.
pub(super) fn cost_text(charge: &Charge) -> String {
    match (charge.cost_pico_usd.map(Cost::from_pico_usd), charge.unpriced) {
        (Some(cost), 0) => cost.to_string(),
        (Some(cost), unpriced) => format!("≥ {cost} ({} unpriced)", grouped(unpriced)),
        (None, 0) => "—".to_owned(),
        (None, unpriced) => format!("— ({} unpriced)", grouped(unpriced)),
    }
}

/// `1,120`, `—`.
pub(super) fn count_text(count: Option<u64>) -> String {
    count.map_or_else(|| "—".to_owned(), grouped)
}

/// `2/3 iterations passed — 67 %`; `no iteration was graded`.
pub(super) fn rate_text(counts: &Counts) -> String {
    match counts.n {
        0 => "no iteration was graded".to_owned(),
        n => {
            let percent = percent_text(counts.passed, n);
            format!("{}/{} iterations passed — {percent}", grouped(counts.passed), grouped(n))
        }
    }
}

/// `2 errored, 1 skipped`: what was not counted. Empty when all was.
pub(super) fn not_counted(counts: &Counts) -> String {
    let kinds = [(counts.errored, "errored"), (counts.skipped, "skipped"), (counts.interrupted, "interrupted")];
    let parts: Vec<_> = kinds
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", grouped(*count)))
        .collect();
    parts.join(", ")
}

/// `4 passed, 2 flaky`: the parts that are not 0.
pub(super) fn listed(parts: &[(u64, &str)]) -> String {
    let parts: Vec<_> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", grouped(*count)))
        .collect();
    parts.join(", ")
}

/// `3 turns, 1 tool call`
pub(super) fn sizes(turns: u64, calls: u64) -> String {
    match calls {
        0 => plural(turns, "turn"),
        calls => format!("{}, {}", plural(turns, "turn"), plural(calls, "tool call")),
    }
}
