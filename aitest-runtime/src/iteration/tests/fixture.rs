use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::{
    BodyResult, IterationLog, ShouldPanic, TestRun, TestStart, drive_async, drive_sync, install_panic_hook,
};
use crate::collector::{CassettePlace, Iteration, lock, set_warning_sink};
use crate::config::{Numbers, Plan, Transcripts};
use crate::record::{ErrorBudget, Failure, IterationKey, IterationRecord, Outcome, Percent, Policy, TestId};

/// Keeps the records of a test.
#[derive(Default)]
pub(super) struct Kept(Mutex<Vec<IterationRecord>>);

impl IterationLog for Kept {
    fn started(&self, _: IterationKey, _: u64, _: u64) {}

    fn finished(&self, record: &mut IterationRecord) {
        lock(&self.0).push(record.clone());
    }
}

static WARNED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The warnings that name `test`.
pub(super) fn warnings(test: &str) -> Vec<String> {
    lock(&WARNED).iter().filter(|message| message.contains(test)).cloned().collect()
}

/// A test of `iterations`, and what it leaves.
pub(in super::super) struct Engine {
    start: TestStart,
    kept: &'static Kept,
}

impl Engine {
    pub(in super::super) fn of(iterations: u32) -> Self {
        install_panic_hook();
        set_warning_sink(Box::new(|_, message| lock(&WARNED).push(message.to_owned())));
        let kept: &'static Kept = Box::leak(Box::default());
        let policy = Policy {
            min_pass_rate: Percent::ALL,
            own_threshold: false,
            max_errored: ErrorBudget::Count(0),
            ..Policy::default()
        };
        let numbers = Numbers::UpTo(iterations);
        let start = TestStart {
            id: TestId(1),
            name: std::thread::current().name().unwrap_or_default().to_owned(),
            rerun: 1,
            plan: Plan { numbers, count: iterations, concurrency: 1, timeout: None, policy, settings: Vec::new() },
            planned: iterations,
            should_panic: ShouldPanic::No,
            run_seed: 1,
            max_wait: Duration::from_secs(600),
            retry_errored: 0,
            has_gates: false,
            budget: None,
            deadline: None,
            transcripts: Transcripts::Full,
            cassettes: CassettePlace::default(),
            end_cassette: None,
            log: kept,
        };
        Engine { start, kept }
    }

    pub(super) fn concurrency(mut self, concurrency: u32) -> Self {
        self.start.plan.concurrency = concurrency;
        self
    }

    pub(super) fn timeout(mut self, timeout: Duration) -> Self {
        self.start.plan.timeout = Some(timeout);
        self
    }

    pub(super) fn should_panic(mut self, should_panic: ShouldPanic) -> Self {
        self.start.should_panic = should_panic;
        self
    }

    /// Runs a body that is not async.
    pub(super) fn sync<F, R>(self, body: F) -> Vec<IterationRecord>
    where
        F: Fn(Iteration) -> R + Copy + Send + 'static,
        R: BodyResult,
    {
        self.drive(|run| drive_sync(run, body))
    }

    /// Runs an async body.
    pub(super) fn run<F, R>(self, body: F) -> Vec<IterationRecord>
    where
        F: Fn(Iteration) -> R,
        R: Future<Output: BodyResult>,
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        self.drive(|run| runtime.block_on(drive_async(run, body)))
    }

    pub(in super::super) fn drive(self, drive: impl FnOnce(&Arc<TestRun>)) -> Vec<IterationRecord> {
        let run = TestRun::new(self.start);
        drive(&run);
        let mut records = std::mem::take(&mut *lock(&self.kept.0));
        records.sort_by_key(|record| record.key);
        records
    }
}

pub(super) fn outcomes(records: &[IterationRecord]) -> Vec<Outcome> {
    records.iter().map(|record| record.outcome).collect()
}

/// The failure of the only iteration.
pub(super) fn failure(records: &[IterationRecord]) -> (Outcome, &Failure) {
    assert_eq!(records.len(), 1);
    (records[0].outcome, records[0].failure.as_ref().expect("a failure"))
}
