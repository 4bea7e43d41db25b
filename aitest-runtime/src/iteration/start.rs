use std::time::Duration;

use super::ShouldPanic;
use crate::collector::{CassettePlace, Iteration};
use crate::config::{Plan, Transcripts};
use crate::limits::Budget;
use crate::record::{IterationKey, IterationRecord, TestId};

/// Where the engine's events go. The process fills it.
pub(crate) trait IterationLog: Send + Sync {
    fn started(&self, key: IterationKey, seed: u64, at_ms: u64);
    fn finished(&self, record: &mut IterationRecord);
}

/// The time limits of one iteration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_wait: Duration,
}

/// What a test begins with.
pub(crate) struct TestStart {
    pub(crate) id: TestId,
    /// What a person calls it: `transfer::gpt_5_mini`.
    pub(crate) name: String,
    pub(crate) rerun: u32,
    pub(crate) plan: Plan,
    /// Iterations planned, those included that an earlier run finished and `plan` leaves out.
    pub(crate) planned: u32,
    pub(crate) should_panic: ShouldPanic,
    pub(crate) run_seed: u64,
    pub(crate) max_wait: Duration,
    pub(crate) retry_errored: u32,
    pub(crate) transcripts: Transcripts,
    /// Whether every counted row is kept, for the gates of the test.
    pub(crate) has_gates: bool,
    pub(crate) budget: Option<&'static Budget>,
    /// After this no iteration starts, in milliseconds since 1970-01-01 UTC.
    pub(crate) deadline: Option<u64>,
    pub(crate) cassettes: CassettePlace,
    /// Ends the cassette of an iteration; `None` without cassettes.
    pub(crate) end_cassette: Option<fn(&Iteration)>,
    pub(crate) log: &'static dyn IterationLog,
}

/// Iterations that an earlier run finished and this one counts.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) counted: Vec<IterationRecord>,
    /// Their attempts that do not count.
    pub(crate) earlier: Vec<IterationRecord>,
}
