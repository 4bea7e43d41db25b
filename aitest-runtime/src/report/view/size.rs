use super::super::results::{Iteration, Results, Text};
use super::iteration::is_urgent;

/// Bytes that a page may have before transcripts are left out.
const SOFT_LIMIT: usize = 20_000_000;
/// Markup around a turn, a call, an iteration.
const TURN: usize = 200;
const CALL: usize = 400;
const ITERATION: usize = 900;

/// Which passing iterations keep their transcript on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// All.
    All,
    /// The first of each test.
    OnePerTest,
}

impl Keep {
    /// By an estimate of the page's size.
    pub(super) fn of(results: &Results<'_>) -> Self {
        let mut size: usize = 0;
        for iteration in results.tests.iter().flat_map(|test| &test.iterations) {
            size = size.saturating_add(size_of(iteration));
            if size > SOFT_LIMIT {
                return Keep::OnePerTest;
            }
        }
        Keep::All
    }
}

/// How many transcripts the page leaves out.
pub(super) fn left_out(results: &Results<'_>, keep: Keep) -> u64 {
    if keep == Keep::All {
        return 0;
    }
    let passing = |iterations: &[Iteration<'_>]| {
        iterations.iter().filter(|iteration| !is_urgent(iteration) && !iteration.turns.is_empty()).count() as u64
    };
    results.tests.iter().map(|test| passing(&test.iterations).saturating_sub(1)).sum()
}

fn size_of(iteration: &Iteration<'_>) -> usize {
    let turns = iteration.turns.iter().map(|turn| {
        let text = match &turn.text {
            Text::Inline(text) => text.len(),
            Text::Shared { .. } => 0,
        };
        let calls = turn.calls.iter().map(|call| {
            let texts = [call.result.as_deref(), call.error.as_deref()];
            // Arguments count as markup: they are short, or cut like results.
            CALL + texts.into_iter().flatten().map(str::len).sum::<usize>()
        });
        TURN + text + calls.sum::<usize>()
    });
    let attachments = iteration.attachments.iter().map(|attachment| attachment.text.len());
    ITERATION + turns.sum::<usize>() + attachments.sum::<usize>()
}
