use crate::record::{Cost, IterationRecord, Outcome, SkippedBy, Spend, Stability, Stopped, TestRecord};

/// What a summary needs of one execution: fixed size, so that a test of 100,000 iterations stays small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// How it ended.
    pub outcome: Outcome,
    /// Why it never started, if it did not.
    pub skipped_by: Option<SkippedBy>,
    /// Wall time in microseconds.
    pub duration_us: u64,
    /// Tokens and money of the subject.
    pub agent: Spend,
    /// Tokens and money of judges.
    pub judge: Spend,
}

impl From<&IterationRecord> for Row {
    fn from(record: &IterationRecord) -> Self {
        Row {
            outcome: record.outcome,
            skipped_by: record.skipped_by,
            duration_us: record.duration_us,
            agent: record.agent,
            judge: record.judge,
        }
    }
}

impl Row {
    /// What it cost, agent and judges; `None` when it called no model, or one of its calls has no price.
    pub fn known_cost(&self) -> Option<Cost> {
        let mut spend = self.agent;
        spend += self.judge;
        spend.cost.filter(|_| spend.unpriced == 0)
    }
}

/// The counts and sums of one test. The verdict and every report use the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TestSummary {
    /// Iterations planned.
    pub planned: u64,
    /// Iterations that passed.
    pub passed: u64,
    /// Iterations that failed. Timed-out ones are counted apart.
    pub failed: u64,
    /// Iterations that timed out.
    pub timed_out: u64,
    /// Iterations that errored.
    pub errored: u64,
    /// Iterations that were skipped.
    pub skipped: u64,
    /// Those of them that a stop rule left out.
    pub left_out: u64,
    /// How a stop rule ended the test, if one did.
    pub stopped: Option<Stopped>,
    /// Iterations that started and never finished.
    pub interrupted: u64,
    /// Wall time of all executions, attempts that did not count included, in microseconds.
    pub duration_us: u64,
    /// Tokens and money of the subject over all executions.
    pub agent: Spend,
    /// Tokens and money of judges over all executions.
    pub judge: Spend,
}

impl TestSummary {
    /// An empty summary of `planned` iterations.
    pub fn new(planned: u32) -> Self {
        TestSummary { planned: u64::from(planned), ..TestSummary::default() }
    }

    /// The summary of a test's records.
    pub fn of(test: &TestRecord) -> Self {
        let mut summary = TestSummary { stopped: test.stopped, ..TestSummary::new(test.planned) };
        for record in test.counted() {
            summary.add(&Row::from(record));
        }
        for record in &test.earlier {
            summary.add_spent(&Row::from(record));
        }
        summary
    }

    /// Counts an iteration's last attempt.
    pub fn add(&mut self, row: &Row) {
        let count = match row.outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Failed => &mut self.failed,
            Outcome::TimedOut => &mut self.timed_out,
            Outcome::Errored => &mut self.errored,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Interrupted => &mut self.interrupted,
        };
        *count += 1;
        self.left_out += u64::from(row.skipped_by.is_some_and(SkippedBy::is_stop_rule));
        self.add_spent(row);
    }

    /// Adds what an attempt that did not count has used.
    pub fn add_spent(&mut self, row: &Row) {
        self.duration_us = self.duration_us.saturating_add(row.duration_us);
        self.agent += row.agent;
        self.judge += row.judge;
    }

    /// Iterations that say something about the subject: passed, failed and timed out.
    pub fn graded(&self) -> u64 {
        self.passed + self.failed + self.timed_out
    }

    /// What the graded iterations say together.
    pub fn stability(&self) -> Stability {
        match (self.passed, self.graded()) {
            (_, 0) => Stability::Unknown,
            (passed, graded) if passed == graded => Stability::Reliable,
            (0, _) => Stability::Broken,
            _ => Stability::Flaky,
        }
    }

    /// Planned iterations without an outcome: skipped, interrupted, or not begun.
    pub fn missing(&self) -> u64 {
        self.planned.saturating_sub(self.graded() + self.errored)
    }
}
