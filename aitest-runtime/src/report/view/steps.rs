use super::super::anchor::iteration_anchor;
use super::super::failure::outcome_text;
use super::super::results::{Iteration, Step, StepStats, Test};
use super::super::text::{duration_text, grouped, plural};
use super::chart::class;
use super::shown::Shown;
use crate::stats::percent_text;

/// Iterations that the table of steps shows.
const MOST_COLUMNS: usize = 25;

/// The steps of a session by its iterations.
pub(crate) struct StepTable<'r> {
    /// The numbers of the iterations, and where each is shown.
    pub(crate) iterations: Vec<(String, String)>,
    pub(crate) rows: Vec<StepRow<'r>>,
    /// How many iterations are left out.
    pub(crate) more: Option<String>,
}

/// One step over the iterations.
pub(crate) struct StepRow<'r> {
    pub(crate) name: Shown<'r>,
    /// `7/12`, of the iterations that reached it.
    pub(crate) count: String,
    pub(crate) percent: String,
    /// Class and word of the outcome in each iteration.
    pub(crate) cells: Vec<(&'static str, &'static str)>,
}

/// One step of one iteration.
pub(crate) struct StepView<'r> {
    pub(crate) class: &'static str,
    pub(crate) name: Shown<'r>,
    /// `passed in 1.2 s`
    pub(crate) facts: String,
}

impl<'r> StepTable<'r> {
    /// `None` for a test that is no session, or reached no step.
    pub(super) fn of(test: &'r Test<'r>) -> Option<Self> {
        if test.steps.is_empty() {
            return None;
        }
        let shown: Vec<&Iteration<'_>> = test.iterations.iter().take(MOST_COLUMNS).collect();
        let more = test.iterations.len().saturating_sub(MOST_COLUMNS) as u64;
        let number = |iteration: &&Iteration<'_>| {
            let anchor = iteration_anchor(test.id, iteration.rerun, iteration.n);
            let rerun = if test.rerun > 1 { format!("{}.", iteration.rerun) } else { String::new() };
            (format!("{rerun}{}", iteration.n), anchor)
        };
        Some(StepTable {
            iterations: shown.iter().map(number).collect(),
            rows: test.steps.iter().map(|step| row(step, &shown)).collect(),
            more: (more > 0).then(|| format!("{} not shown here.", plural(more, "more iteration"))),
        })
    }
}

fn row<'r>(step: &'r StepStats<'r>, iterations: &[&Iteration<'_>]) -> StepRow<'r> {
    let cell = |iteration: &&Iteration<'_>| {
        let outcome = iteration.steps.iter().find(|own| own.name == step.name).map(Step::outcome);
        outcome.map_or(("none", "not begun"), |outcome| (class(outcome), outcome_text(outcome)))
    };
    StepRow {
        name: Shown::from(step.name.as_ref()),
        count: format!("{}/{}", grouped(step.passed), grouped(step.n)),
        percent: percent_text(step.passed, step.n),
        cells: iterations.iter().map(cell).collect(),
    }
}

pub(super) fn step_view<'r>(step: &'r Step<'r>) -> StepView<'r> {
    let outcome = step.outcome();
    let facts = match outcome_text(outcome) {
        "skipped" => "skipped".to_owned(),
        word => format!("{word} in {}", duration_text(step.duration_ms)),
    };
    StepView { class: class(outcome), name: Shown::from(step.name.as_ref()), facts }
}
