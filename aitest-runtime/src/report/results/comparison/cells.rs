use std::collections::BTreeMap;

use crate::record::{Cost, IterationRecord, Outcome, Spend};
use crate::stats::pass_rate;

/// One agent's graded iterations of one test.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Cell {
    pub(super) passed: u64,
    pub(super) graded: u64,
    spend: Spend,
    working_us: u64,
}

impl Cell {
    pub(in super::super) fn add(&mut self, record: &IterationRecord) {
        if record.outcome.is_graded() {
            self.graded += 1;
            self.passed += u64::from(record.outcome == Outcome::Passed);
            self.spend += record.agent;
            let working = record.duration_us.saturating_sub(record.waited_us);
            self.working_us = self.working_us.saturating_add(working);
        }
    }

    /// What an iteration costs, in 10⁻¹² dollars; `None` when a call has no price, or no model was called.
    pub(super) fn cost(&self) -> Option<f64> {
        let cost = self.spend.cost.filter(|_| self.spend.unpriced == 0)?;
        Some(cost.pico_usd() as f64 / self.graded as f64)
    }

    /// How long an iteration works, in microseconds.
    pub(super) fn working_time(&self) -> f64 {
        self.working_us as f64 / self.graded as f64
    }

    /// Known for a cell of [`Cells`]: at least one iteration was graded.
    pub(super) fn rate(&self) -> f64 {
        pass_rate(self.passed, self.graded).unwrap_or(0.0)
    }
}

/// What one agent did, by test. Only tests of which something was graded.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Cells(BTreeMap<usize, Cell>);

impl Cells {
    pub(in super::super) fn add(&mut self, test: usize, record: &IterationRecord) {
        if record.outcome.is_graded() {
            self.0.entry(test).or_default().add(record);
        }
    }

    /// Whether both have a pass rate in the same tests.
    pub(super) fn same_tests(&self, other: &Cells) -> bool {
        self.0.keys().eq(other.0.keys())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Cell> {
        self.0.values()
    }

    /// The rates by test.
    pub(in super::super) fn rates(&self) -> Vec<f64> {
        self.iter().map(Cell::rate).collect()
    }

    /// The mean of the tests' rates; `None` when nothing was graded.
    pub(in super::super) fn mean_rate(&self) -> Option<f64> {
        let rates = self.rates();
        (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64)
    }

    pub(in super::super) fn passed(&self) -> u64 {
        self.iter().map(|cell| cell.passed).sum()
    }

    pub(in super::super) fn graded(&self) -> u64 {
        self.iter().map(|cell| cell.graded).sum()
    }

    /// Tests of which some iterations passed and some did not.
    pub(in super::super) fn flaky(&self) -> u64 {
        self.iter().filter(|cell| 0 < cell.passed && cell.passed < cell.graded).count() as u64
    }

    /// What all graded iterations cost; `None` when a call has no price, or no model was called.
    pub(in super::super) fn cost(&self) -> Option<Cost> {
        let mut spend = Spend::default();
        self.iter().for_each(|cell| spend += cell.spend);
        spend.cost.filter(|_| spend.unpriced == 0)
    }

    /// The cells of the tests that both ran.
    pub(super) fn common<'c>(&'c self, other: &'c Cells) -> impl Iterator<Item = (&'c Cell, &'c Cell)> {
        self.0.iter().filter_map(|(test, cell)| Some((cell, other.0.get(test)?)))
    }
}
