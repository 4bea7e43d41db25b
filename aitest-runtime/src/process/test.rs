use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::log::LOG;
use super::start::Process;
use crate::collector::lock;
use crate::iteration::TestRun;
use crate::journal::{self, TestFinished, TestStarted};
use crate::record::{IterationRecord, TestRecord, Verdict, VerdictKind};
use crate::report;
use crate::stats::judge;

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
        let summary = self.run.summary();
        let verdict = judge(&summary, &self.started.policy);
        let duration = self.run.elapsed();
        let finished = TestFinished {
            id: self.started.id,
            rerun: self.started.rerun,
            duration_us: u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
            verdict: verdict.clone(),
        };
        LOG.append(journal::TEST_FINISHED, &finished);
        {
            let mut tests = lock(&self.process.tests);
            tests.concluded += 1;
            tests.passed += summary.passed;
            tests.graded += summary.graded();
        }
        if verdict.verdict == VerdictKind::Passed || self.process.settings.report_only {
            return Ok(());
        }
        let path = self.process.report_path();
        let test = self.shown(verdict, duration);
        Err(report::failure_message(&test, &summary, path.as_deref()))
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
            settings: self.started.settings,
            duration_us: u64::try_from(duration.as_micros()).ok(),
            verdict: Some(verdict),
            iterations,
            earlier: Vec::new(),
        }
    }
}
