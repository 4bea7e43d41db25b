use super::iterations::Context;
use super::numbers::{ms, rounded};
use super::{Failure, Step, StepStats};
use crate::record::{IterationRecord, Outcome, TestRecord};
use crate::stats::pass_rate;

impl<'a> Context<'a, '_> {
    /// The steps of one iteration. `failure` is the iteration's, which is the last reached step's.
    pub(super) fn steps(record: &'a IterationRecord, failure: Option<&Failure<'a>>) -> Vec<Step<'a>> {
        let step = |step: &'a crate::record::Step| Step {
            name: step.name.as_str().into(),
            outcome: step.outcome.into(),
            duration_ms: ms(step.duration_us),
            failure: failure
                .filter(|_| !matches!(step.outcome, Outcome::Passed | Outcome::Skipped))
                .map(|failure| Failure { backtrace: None, ..failure.clone() }),
            first_turn: step.first_turn,
            turns: step.turns,
        };
        record.steps.iter().map(step).collect()
    }
}

/// The steps over the iterations of all reruns that count.
pub(in crate::report) fn step_stats<'a>(pool: &[&'a TestRecord]) -> Vec<StepStats<'a>> {
    let mut all: Vec<StepStats<'a>> = Vec::new();
    for step in pool.iter().flat_map(|test| test.counted()).flat_map(|record| &record.steps) {
        let index = all.iter().position(|known| known.name == step.name.as_str()).unwrap_or_else(|| {
            all.push(StepStats { name: step.name.as_str().into(), reached: 0, n: 0, passed: 0, pass_rate: None });
            all.len() - 1
        });
        let stats = &mut all[index];
        stats.reached += u64::from(step.outcome != Outcome::Skipped);
        stats.n += u64::from(step.outcome.is_graded());
        stats.passed += u64::from(step.outcome == Outcome::Passed);
    }
    for stats in &mut all {
        stats.pass_rate = pass_rate(stats.passed, stats.n).map(rounded);
    }
    all
}
