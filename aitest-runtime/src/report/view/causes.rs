use super::super::anchor::iteration_anchor;
use super::super::results::{Cause, Results};
use super::super::text::{grouped, plural};
use super::shown::Shown;

const MOST_CAUSES: usize = 20;

/// What to fix first.
pub(crate) struct CauseRow<'r> {
    pub(crate) kind: Shown<'r>,
    pub(crate) message: Shown<'r>,
    pub(crate) location: Shown<'r>,
    pub(crate) count: String,
    pub(crate) tests: String,
    /// The fragment of the first iteration that it ended.
    pub(crate) anchor: Option<String>,
}

/// The most frequent causes, and how many more there are.
pub(super) fn rows<'r>(results: &'r Results<'r>) -> (Vec<CauseRow<'r>>, Option<String>) {
    let rows = results.causes.iter().take(MOST_CAUSES).map(|cause| row(results, cause)).collect();
    let more = results.causes.len().saturating_sub(MOST_CAUSES) as u64;
    (rows, (more > 0).then(|| format!("{} in results.json", plural(more, "more cause"))))
}

fn row<'r>(results: &'r Results<'r>, cause: &'r Cause<'r>) -> CauseRow<'r> {
    CauseRow {
        kind: Shown::from(cause.kind.as_ref()),
        message: Shown::from(cause.message.as_ref()),
        location: Shown::from(cause.location.as_deref().unwrap_or_default()),
        count: grouped(cause.iterations),
        tests: plural(cause.tests.len() as u64, "test"),
        anchor: example(results, cause),
    }
}

fn example(results: &Results<'_>, cause: &Cause<'_>) -> Option<String> {
    let tests = results.tests.iter().filter(|test| cause.tests.contains(&test.id));
    tests.into_iter().find_map(|test| {
        let is_member = |failure: &super::super::results::Failure<'_>| failure.cause.as_deref() == Some(&*cause.id);
        let first = test.iterations.iter().find(|iteration| iteration.failure.as_ref().is_some_and(is_member))?;
        Some(iteration_anchor(test.id, first.rerun, first.n))
    })
}
