use super::results::{Iteration, Test};
use crate::record::{Outcome, TestId};

/// The fragment of a test on the page: `t-9c41d07e5b2a61f8`. The same in every run.
pub(crate) fn test_anchor(id: TestId) -> String {
    format!("t-{id}")
}

/// The fragment of an iteration: `t-9c41d07e5b2a61f8-i3`, of a rerun `t-9c41d07e5b2a61f8-r2-i3`.
pub(crate) fn iteration_anchor(id: TestId, rerun: u32, n: u32) -> String {
    if rerun > 1 { format!("t-{id}-r{rerun}-i{n}") } else { format!("t-{id}-i{n}") }
}

/// The fragment of an attempt that does not count: `t-9c41d07e5b2a61f8-i3-a1`.
#[cfg(feature = "html")]
pub(crate) fn attempt_anchor(id: TestId, iteration: &Iteration<'_>) -> String {
    format!("{}-a{}", iteration_anchor(id, iteration.rerun, iteration.n), iteration.attempt)
}

/// Whether an iteration is one that a reader looks for first.
pub(crate) fn needs_a_look(outcome: Outcome) -> bool {
    !matches!(outcome, Outcome::Passed | Outcome::Skipped)
}

/// The first iteration of `test` that did not pass.
pub(crate) fn first_not_passing<'t, 'a>(test: &'t Test<'a>) -> Option<&'t Iteration<'a>> {
    test.iterations.iter().find(|iteration| needs_a_look(iteration.outcome()))
}
