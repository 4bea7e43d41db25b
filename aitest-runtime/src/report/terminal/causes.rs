use std::collections::HashSet;

use super::super::cause::{Group, Seen, group};
use super::super::results::{StepStats, Test};
use super::super::text::{columns, cut_end, cut_middle, grouped, pad, pad_left};
use super::block::WIDTH;
use super::{Output, TerminalOptions};

const INDENT: usize = 9;
const MOST_CAUSES: usize = 3;
const MOST_CAUSES_VERBOSE: usize = 20;
const MOST_NUMBERS: usize = 5;
const MOST_LOCATION: usize = 32;

/// How often each step of a session passed.
pub(super) fn step_line(test: &Test<'_>, options: &TerminalOptions) -> Option<String> {
    let step = |step: &StepStats<'_>| format!("{} {}/{}", options.line(&step.name), step.passed, step.n);
    let steps: Vec<_> = test.steps.iter().map(step).collect();
    let text = format!("steps: {}", steps.join(", "));
    (!steps.is_empty()).then(|| format!("{:INDENT$}{}", "", cut(&text, WIDTH - INDENT, options)))
}

/// Why iterations of `test` did not pass, most frequent first.
pub(super) fn cause_lines(test: &Test<'_>, options: &TerminalOptions) -> Vec<String> {
    let seen = test.iterations.iter().filter_map(|iteration| {
        let failure = iteration.failure.as_ref()?;
        Some(Seen {
            kind: &failure.kind,
            message: &failure.message,
            location: failure.location.as_deref(),
            member: iteration.n,
        })
    });
    let groups = group(seen);
    let most = if options.output == Output::Verbose { MOST_CAUSES_VERBOSE } else { MOST_CAUSES };
    let shown = &groups[..groups.len().min(most)];
    let count = shown.iter().map(|group| grouped(group.members.len() as u64).len()).max().unwrap_or(0);
    let cells: Vec<_> = shown.iter().map(|group| cells(group, count, options)).collect();
    let widest = |column: usize| cells.iter().map(|cells| columns(&cells[column])).max().unwrap_or(0);
    let (numbers, location) = (widest(1), widest(2));
    let message = widest(0).min(WIDTH - INDENT - numbers - location - 4);
    let mut lines: Vec<_> = cells
        .iter()
        .map(|[text, iterations, place]| {
            let text = pad(&cut(text, message, options), message);
            let line = format!("{:INDENT$}{text}  {}  {place}", "", pad_left(iterations, numbers));
            line.trim_end().to_owned()
        })
        .collect();
    if groups.len() > most {
        let dots = options.line("…");
        lines.push(format!("{:INDENT$}{dots} {} more causes", "", groups.len() - most));
    }
    lines
}

fn cut(text: &str, width: usize, options: &TerminalOptions) -> String {
    options.mark_cut(cut_end(text, width))
}

/// Message, iterations, location.
fn cells(group: &Group<'_, u32>, count_width: usize, options: &TerminalOptions) -> [String; 3] {
    // Reruns have the same numbers.
    let mut known = HashSet::new();
    let distinct: Vec<_> = group.members.iter().filter(|n| known.insert(**n)).collect();
    let mut numbers: Vec<_> = distinct.iter().take(MOST_NUMBERS).map(|n| format!("#{n}")).collect();
    if distinct.len() > MOST_NUMBERS {
        numbers.push(options.line("…"));
    }
    let location = options.line(short_path(group.location.unwrap_or_default()));
    let location = cut_middle(&location, MOST_LOCATION);
    [
        format!(
            "{}x {}: {}",
            pad_left(&grouped(group.members.len() as u64), count_width),
            options.line(group.kind),
            options.line(&group.message())
        ),
        numbers.join(" "),
        options.mark_cut(location),
    ]
}

/// The last two parts of a long path: `tests/banking.rs:61`.
fn short_path(location: &str) -> &str {
    if columns(location) <= MOST_LOCATION - 8 {
        return location;
    }
    let second_last = location.rmatch_indices(['/', '\\']).nth(1);
    second_last.map_or(location, |(index, _)| &location[index + 1..])
}
