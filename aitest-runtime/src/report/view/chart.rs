//! Small drawings as SVG path data. Each has a text with the same numbers.

use super::super::failure::outcome_text;
use super::super::results::{Iteration, Test};
use super::super::text::plural;
use super::numbers::listed;
use crate::record::Outcome;

/// Cells that a strip has at most; with more iterations a cell stands for several: as much of it as did not pass is
/// filled with the worst of them.
const MOST_CELLS: usize = 120;
/// Width of a cell and its gap, in the drawing's own units.
const PITCH: usize = 6;
/// The same on the page in pixels, where the strip is not squeezed into its column.
const PIXELS: usize = 10;
const MOST_PIXELS: usize = 144;

const KINDS: [Outcome; 6] =
    [Outcome::Passed, Outcome::Failed, Outcome::TimedOut, Outcome::Errored, Outcome::Skipped, Outcome::Interrupted];

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
        let cells: Vec<_> = outcomes.chunks(per_cell).collect();
        let paths = KINDS.into_iter().filter_map(|kind| Some((class(kind), path(&cells, kind)?))).collect();
        Some(Strip {
            units: cells.len() * PITCH,
            width: (cells.len() * PIXELS).min(MOST_PIXELS),
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

/// What the cells show of one outcome; `None` when it is nothing.
fn path(cells: &[&[Outcome]], kind: Outcome) -> Option<String> {
    let shape = |cell: &&[Outcome]| if let [outcome] = cell { single(*outcome, kind) } else { share(cell, kind) };
    let shapes = cells.iter().enumerate().filter_map(|(index, cell)| Some((index, shape(cell)?)));
    let path: String = shapes.map(|(index, shape)| format!("M{} {shape}", index * PITCH)).collect();
    (!path.is_empty()).then_some(path)
}

/// A cell that stands for one iteration.
fn single(outcome: Outcome, kind: Outcome) -> Option<String> {
    let shape = match kind {
        Outcome::Passed => "0h5v12h-5z",
        Outcome::Failed => "0l2.5 4 2.5-4v12h-5z",
        Outcome::TimedOut => "6h5v6h-5z",
        Outcome::Errored => "0h5v3h-5zm0 9h5v3h-5z",
        Outcome::Skipped | Outcome::Interrupted => "5h5v2h-5z",
    };
    (outcome == kind).then(|| shape.to_owned())
}

/// A cell that stands for several: from below what did not pass, at least two units of twelve.
fn share(cell: &[Outcome], kind: Outcome) -> Option<String> {
    let others = cell.iter().filter(|outcome| **outcome != Outcome::Passed).count();
    let height = if others == 0 { 0 } else { (others * 12 / cell.len()).max(2) };
    match kind {
        Outcome::Passed => (height < 12).then(|| format!("0h5v{}h-5z", 12 - height)),
        kind => (height > 0 && worst(cell) == kind).then(|| format!("{}h5v{height}h-5z", 12 - height)),
    }
}

fn label(outcomes: &[Outcome], per_cell: usize) -> String {
    let count = |kind: Outcome| outcomes.iter().filter(|outcome| **outcome == kind).count() as u64;
    let label = listed(&KINDS.map(|kind| (count(kind), outcome_text(kind))));
    match per_cell {
        1 => label,
        many => format!("{label}; a cell stands for {}", plural(many as u64, "iteration")),
    }
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
