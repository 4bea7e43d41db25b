use std::time::Instant;

use super::{Collected, Iteration};
use crate::record::{Outcome, Step};

/// The step under way.
#[derive(Debug)]
pub(crate) struct OpenStep {
    index: usize,
    began: Instant,
}

impl Iteration {
    /// Says which steps the iteration has, none of which was reached yet.
    pub(crate) fn plan_steps(&self, names: &[&str]) {
        let step = |name: &&str| Step {
            name: (*name).to_owned(),
            outcome: Outcome::Skipped,
            duration_us: 0,
            first_turn: 0,
            turns: 0,
        };
        self.collected().steps = names.iter().map(step).collect();
    }

    /// Begins the next step.
    pub(crate) fn begin_step(&self) {
        let mut collected = self.collected();
        let first_turn = count(collected.turns.len());
        let index = collected.steps.iter().position(|step| step.outcome == Outcome::Skipped);
        let Some(index) = index else { return };
        collected.steps[index].first_turn = first_turn;
        collected.open_step = Some(OpenStep { index, began: Instant::now() });
    }

    /// The step has passed, unless the test said meanwhile that the infrastructure failed. Returns whether the next one
    /// may begin.
    pub(crate) fn pass_step(&self) -> bool {
        let mut collected = self.collected();
        if collected.infrastructure.is_some() {
            return false;
        }
        collected.stop_step();
        collected.end_step(Outcome::Passed);
        true
    }
}

impl Collected {
    /// The body has ended: the step under way takes no more time.
    pub(super) fn stop_step(&mut self) {
        let turns = count(self.turns.len());
        let Some(OpenStep { index, began }) = &self.open_step else { return };
        if let Some(step) = self.steps.get_mut(*index) {
            step.duration_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            step.turns = turns.saturating_sub(step.first_turn);
        }
    }

    /// How the step under way ended, if there is one.
    pub(crate) fn end_step(&mut self, outcome: Outcome) {
        let open = self.open_step.take();
        if let Some(step) = open.and_then(|open| self.steps.get_mut(open.index)) {
            step.outcome = outcome;
        }
    }
}

fn count(turns: usize) -> u32 {
    u32::try_from(turns).unwrap_or(u32::MAX)
}
