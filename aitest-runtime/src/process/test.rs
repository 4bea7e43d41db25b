use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::log::LOG;
use super::start::Process;
use crate::collector::lock;
use crate::iteration::{TestRun, now_ms};
use crate::journal::{self, TestFinished, TestStarted};
use crate::record::{Date, IterationRecord, Rules, StoppedBy, TestRecord, Verdict, VerdictKind};
use crate::report;
use crate::stats::{TestSummary, evaluate, excuse, judge, with_gates};

/// A test that has begun.
pub(crate) struct Begun {
    pub(super) process: &'static Process,
    pub(super) started: TestStarted,
    pub(super) run: Arc<TestRun>,
}

impl Begun {
    pub(crate) fn run(&self) -> &Arc<TestRun> {
        &self.run
    }

    /// Judges the test and writes its verdict. `Err` with the message when libtest shall see a failure.
    pub(crate) fn conclude(self) -> Result<(), String> {
        let summary = self.summary();
        let verdict = self.verdict(&summary);
        let duration = self.run.elapsed();
        let finished = TestFinished {
            id: self.started.id,
            rerun: self.started.rerun,
            duration_us: u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
            verdict: verdict.clone(),
            stopped: summary.stopped,
        };
        LOG.append(journal::TEST_FINISHED, &finished);
        self.count(&summary);
        if verdict.verdict == VerdictKind::Passed || self.process.settings.report_only {
            return Ok(());
        }
        let path = self.process.report_path();
        let test = self.shown(verdict, duration);
        Err(report::failure_message(&test, &summary, path.as_deref()))
    }

    /// Counts the test's iterations for the run's gate, which a test that is known to be flaky does not block.
    fn count(&self, summary: &TestSummary) {
        let today = Date::of_ms(now_ms());
        let mut tests = lock(&self.process.tests);
        tests.concluded += 1;
        if self.started.rules.known_flaky.as_ref().is_none_or(|known| today > known.until) {
            tests.passed += summary.passed;
            tests.graded += summary.graded();
        }
    }

    /// Where every iteration ran after all, none was stopped.
    fn summary(&self) -> TestSummary {
        let mut summary = self.run.summary();
        summary.stopped.take_if(|stopped| stopped.by == StoppedBy::Decided && summary.left_out == 0);
        summary
    }

    fn verdict(&self, summary: &TestSummary) -> Verdict {
        let Rules { gates, known_flaky } = &self.started.rules;
        let rows = self.run.rows();
        let gates: Vec<_> = gates.iter().map(|gate| (gate, evaluate(gate, &rows))).collect();
        let verdict = with_gates(judge(summary, &self.started.policy), &gates, summary);
        match known_flaky {
            Some(known) => excuse(verdict, known, Date::of_ms(now_ms())),
            None => verdict,
        }
    }

    /// The test as far as its message shows it.
    fn shown(self, verdict: Verdict, duration: Duration) -> TestRecord {
        let by_number = |record: IterationRecord| (record.key.iteration, Box::new(record));
        let iterations: BTreeMap<u32, Box<IterationRecord>> = self.run.shown().into_iter().map(by_number).collect();
        TestRecord {
            id: self.started.id,
            identity: self.started.identity,
            rerun: self.started.rerun,
            process: String::new(),
            file: self.started.file,
            line: self.started.line,
            source: self.started.source,
            fingerprint: self.started.fingerprint,
            title: self.started.title,
            planned: self.started.planned,
            policy: self.started.policy,
            rules: self.started.rules,
            stopped: None,
            settings: self.started.settings,
            duration_us: u64::try_from(duration.as_micros()).ok(),
            verdict: Some(verdict),
            iterations,
            earlier: Vec::new(),
        }
    }
}
