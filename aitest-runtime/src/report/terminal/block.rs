use super::super::results::{Results, Test};
use super::super::status::Status;
use super::super::text::{columns, cut_end, cut_middle, grouped, pad, pad_left};
use super::baseline::attentions;
use super::causes::{cause_lines, step_line};
use super::facts::{facts, title};
use super::row::{CELLS, Row};
use super::{Output, TerminalOptions, verdicts};

/// Columns that a line may take, but for paths and commands, which are never cut.
pub(super) const WIDTH: usize = 100;
/// Passing tests fold above this many rows.
const MOST_PASSING: usize = 8;
const MOST_NOT_PASSING: usize = 50;
const GAP: usize = 2;

/// The terminal's summary of `results`: one line for each test, the causes of what did not pass, counts, cost and
/// where the report is. Ends with a line break; empty for a run without tests.
pub fn terminal_block(results: &Results<'_>, options: &TerminalOptions) -> String {
    if results.tests.is_empty() {
        return String::new();
    }
    let mut lines = Vec::new();
    if !options.nextest {
        lines.push(title(results, options));
    }
    test_lines(&mut lines, results, options);
    if options.nextest {
        lines.extend(attentions(results, options));
    } else {
        facts(&mut lines, results, options);
    }
    lines.push(String::new());
    lines.join("\n")
}

fn test_lines(lines: &mut Vec<String>, results: &Results<'_>, options: &TerminalOptions) {
    let mut tests: Vec<_> = results.tests.iter().map(|test| (Status::of(test), test)).collect();
    tests.sort_by_key(|(status, _)| *status);
    let passing = tests.partition_point(|(status, _)| *status < Status::Pass);
    let folds = |test: &Test<'_>| test.stats.counts.errored == 0 && test.rerun == 1 && test.known_flaky.is_none();
    let is_full = options.output == Output::Verbose;
    let fold = !is_full && (passing > 0 || tests.len() > MOST_PASSING);
    let (folded, mut shown): (Vec<_>, Vec<_>) =
        tests.into_iter().partition(|(status, test)| fold && *status == Status::Pass && folds(test));
    let hidden = if is_full { 0 } else { passing.saturating_sub(MOST_NOT_PASSING) };
    shown.drain(MOST_NOT_PASSING.min(passing)..MOST_NOT_PASSING.min(passing) + hidden);
    let before = if results.baseline.is_some() { "baseline" } else { "last run" };
    let rows: Vec<_> = shown.iter().map(|(status, test)| Row::of(*status, test, before, options)).collect();
    let layout = Layout::of(&rows);
    for (row, (_, test)) in rows.iter().zip(&shown) {
        lines.push(layout.line(row, options));
        lines.extend(verdicts::lines(test).iter().map(|line| options.mark_cut(cut_end(&options.line(line), WIDTH))));
        if row.status != Status::Pass {
            lines.extend(step_line(test, options));
            lines.extend(cause_lines(test, options));
        }
    }
    if hidden > 0 {
        lines.push(format!("  {} more tests that did not pass (AITEST_OUTPUT=verbose lists)", grouped(hidden as u64)));
    }
    let folded: Vec<_> = folded.iter().map(|(_, test)| *test).collect();
    lines.extend(fold_line(&folded, shown.is_empty(), &layout, options));
}

fn fold_line(tests: &[&Test<'_>], all: bool, layout: &Layout, options: &TerminalOptions) -> Option<String> {
    let (more, noun) = (if all { "" } else { "more " }, if tests.len() == 1 { "test" } else { "tests" });
    let (passed, graded) = tests
        .iter()
        .fold((0, 0), |(passed, graded), test| (passed + test.stats.counts.passed, graded + test.stats.counts.n));
    let word = pad("PASS", layout.word);
    let text = format!(
        "{} {more}{noun}, {}/{} iterations (AITEST_OUTPUT=verbose lists)",
        grouped(tests.len() as u64),
        grouped(passed),
        grouped(graded)
    );
    (!tests.is_empty()).then(|| format!("  {}  {text}", options.paint(Status::Pass, &word)))
}

/// Widths of the columns, so that the lines of all tests align.
struct Layout {
    word: usize,
    cells: [usize; CELLS],
}

impl Layout {
    fn of(rows: &[Row]) -> Self {
        let widest = |column: usize| rows.iter().map(|row| columns(&row.cells[column])).max().unwrap_or(0);
        let mut layout = Layout {
            word: rows.iter().map(|row| row.word.len()).max().unwrap_or(0).max(5),
            cells: std::array::from_fn(widest),
        };
        let total: usize = layout.cells.iter().filter(|width| **width > 0).map(|width| width + GAP).sum();
        let excess = (2 + layout.word + GAP + total).saturating_sub(WIDTH + GAP);
        // The name gives way first, but not below what still tells tests apart.
        layout.cells[0] = layout.cells[0].saturating_sub(excess).max(layout.cells[0].min(16));
        layout
    }

    fn line(&self, row: &Row, options: &TerminalOptions) -> String {
        let mut rest = String::new();
        for (index, (cell, &width)) in row.cells.iter().zip(&self.cells).enumerate() {
            match (index, width) {
                (_, 0) => continue,
                (0, _) => rest.push_str(&pad(&cut_middle(cell, width), width)),
                (index, _) if row.is_left(index) => rest.push_str(&pad(cell, width)),
                _ => rest.push_str(&pad_left(cell, width)),
            }
            rest.push_str("  ");
        }
        let rest = cut_end(rest.trim_end(), WIDTH - 2 - GAP - self.word);
        format!("  {}  {}", options.paint(row.status, &pad(row.word, self.word)), options.mark_cut(rest))
    }
}
