//! Small drawings as SVG path data. Each has a text with the same numbers.

use super::super::failure::outcome_text;
use super::super::results::{Iteration, Test};
use super::super::text::plural;
use crate::record::Outcome;

/// Cells that a strip has at most; with more iterations a cell stands for several and shows the worst of them.
const MOST_CELLS: usize = 120;
/// Strips of so many cells have their natural width, longer ones are squeezed into it.
const NATURAL_CELLS: usize = 24;
const PITCH: usize = 6;

/// A row of cells, one for each iteration. Outcomes differ in shape, not in color alone.
pub(crate) struct Strip {
    /// Width of the drawing's own coordinates.
    pub(crate) units: usize,
    /// Width on the page, in pixels.
    pub(crate) width: usize,
    /// Class and path data, for each outcome that occurs.
    pub(crate) paths: Vec<(&'static str, String)>,
    pub(crate) label: String,
}

impl Strip {
    /// `None` for a test of one iteration: there is nothing to compare.
    pub(super) fn of(test: &Test<'_>) -> Option<Self> {
        let outcomes: Vec<_> = test.iterations.iter().map(Iteration::outcome).collect();
        if outcomes.len() < 2 {
            return None;
        }
        let per_cell = outcomes.len().div_ceil(MOST_CELLS);
        let cells: Vec<_> = outcomes.chunks(per_cell).map(worst).collect();
        let kinds = [
            Outcome::Passed,
            Outcome::Failed,
            Outcome::TimedOut,
            Outcome::Errored,
            Outcome::Skipped,
            Outcome::Interrupted,
        ];
        let paths = kinds.into_iter().filter_map(|kind| Some((class(kind), path(&cells, kind)?))).collect();
        Some(Strip {
            units: cells.len() * PITCH,
            width: cells.len().min(NATURAL_CELLS) * PITCH,
            paths,
            label: label(&outcomes, per_cell),
        })
    }
}

/// The class of an outcome in the style sheet.
pub(super) fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "pass",
        Outcome::Failed => "fail",
        Outcome::TimedOut => "slow",
        Outcome::Errored => "err",
        Outcome::Skipped | Outcome::Interrupted => "none",
    }
}

fn worst(cell: &[Outcome]) -> Outcome {
    let severity = |outcome: &&Outcome| match outcome {
        Outcome::Failed => 5,
        Outcome::TimedOut => 4,
        Outcome::Errored => 3,
        Outcome::Interrupted => 2,
        Outcome::Skipped => 1,
        Outcome::Passed => 0,
    };
    cell.iter().max_by_key(severity).copied().unwrap_or(Outcome::Skipped)
}

/// The cells of one outcome; `None` when there is none.
fn path(cells: &[Outcome], kind: Outcome) -> Option<String> {
    let shape = match kind {
        Outcome::Passed => "0h5v12h-5z",
        Outcome::Failed => "0l2.5 4 2.5-4v12h-5z",
        Outcome::TimedOut => "6h5v6h-5z",
        Outcome::Errored => "0h5v3h-5zm0 9h5v3h-5z",
        Outcome::Skipped | Outcome::Interrupted => "5h5v2h-5z",
    };
    let places = cells.iter().enumerate().filter(|(_, cell)| **cell == kind);
    let path: String = places.map(|(index, _)| format!("M{} {shape}", index * PITCH)).collect();
    (!path.is_empty()).then_some(path)
}

fn label(outcomes: &[Outcome], per_cell: usize) -> String {
    let mut parts: Vec<String> = Vec::new();
    for kind in
        [Outcome::Passed, Outcome::Failed, Outcome::TimedOut, Outcome::Errored, Outcome::Skipped, Outcome::Interrupted]
    {
        let count = outcomes.iter().filter(|outcome| **outcome == kind).count();
        if count > 0 {
            parts.push(format!("{count} {}", outcome_text(kind)));
        }
    }
    if per_cell > 1 {
        parts.push(format!("a cell is {}, its worst", plural(per_cell as u64, "iteration")));
    }
    parts.join(", ")
}

/// An interval of rates on an axis of 100 units, with the observed rate and the threshold.
pub(crate) struct Bar {
    pub(crate) low: String,
    pub(crate) high: String,
    pub(crate) rate: String,
    pub(crate) threshold: Option<String>,
    /// Whether the rate rests on fewer than five iterations.
    pub(crate) is_weak: bool,
    pub(crate) label: String,
}

impl Bar {
    /// `None` where no interval says anything: nothing graded, or one iteration.
    pub(super) fn of(test: &Test<'_>, interval: &str, rate: &str) -> Option<Self> {
        let stats = &test.stats;
        let ([low, high], point) = (stats.ci?, stats.pass_rate?);
        let threshold = test.policy.filter(|policy| policy.own_threshold).map(|policy| policy.min_pass_rate);
        (stats.counts.n > 1).then(|| Bar {
            low: position(low),
            high: position(high),
            rate: position(point),
            threshold: threshold.map(position),
            is_weak: stats.counts.n < 5,
            label: format!("{rate}, 95 % interval {interval}"),
        })
    }
}

/// Two units of margin keep caps and dots inside the drawing.
fn position(rate: f64) -> String {
    format!("{:.1}", 2.0 + rate * 96.0)
}
