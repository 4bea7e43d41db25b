use super::course::Course;
use super::money::Money;
use super::start::TestStart;
use crate::collector::Iteration;
use crate::record::{IterationRecord, Outcome};
use crate::stats::{Row, TestSummary};

/// Rows that a failed test's message can show, of each kind.
const SHOWN: u32 = 20;

/// What a running test has counted.
pub(super) struct State {
    pub(super) summary: TestSummary,
    course: Course,
    /// Kept for gates alone.
    pub(super) rows: Vec<Row>,
    pub(super) shown: Vec<IterationRecord>,
    shown_passing: u32,
    pub(super) in_flight: Vec<Iteration>,
    pub(super) money: Money,
}

impl State {
    pub(super) fn new(start: &TestStart) -> Self {
        State {
            summary: TestSummary::new(start.planned),
            course: Course::new(start.plan.policy, start.has_gates),
            rows: Vec::new(),
            shown: Vec::new(),
            shown_passing: 0,
            in_flight: Vec::new(),
            money: Money::default(),
        }
    }

    /// Counts an iteration's last attempt, and stops the test when that decides it.
    pub(super) fn count(&mut self, number: u32, row: Row, keeps: bool) {
        self.summary.add(&row);
        if keeps {
            self.rows.push(row);
        }
        if self.summary.stopped.is_none() && row.skipped_by.is_none() {
            self.summary.stopped = self.course.stops(number, &row, &self.summary);
        }
    }

    /// Keeps it for the test's message.
    pub(super) fn show(&mut self, record: IterationRecord) {
        let passing = record.outcome == Outcome::Passed;
        let not_passing = u32::try_from(self.shown.len()).unwrap_or(u32::MAX) - self.shown_passing;
        if if passing { self.shown_passing } else { not_passing } >= SHOWN {
            return;
        }
        self.shown_passing += u32::from(passing);
        self.shown.push(IterationRecord {
            turns: Vec::new(),
            attachments: Vec::new(),
            assertions: Vec::new(),
            final_response: None,
            ..record
        });
    }
}
