use serde::{Deserialize, Serialize};

use crate::record::{
    AgentSetup, BudgetUse, CassetteUse, GitState, HeldBack, IterationKey, IterationRecord, Policy, ProcessRecord,
    Rules, SettingRecord, Stopped, TestId, TestIdentity, Verdict, Warning,
};

/// The version of the lines.
pub(super) const VERSION: u32 = 1;

pub(crate) const PROCESS_STARTED: &str = "process_started";
pub(crate) const TEST_STARTED: &str = "test_started";
pub(crate) const ITERATION_STARTED: &str = "iteration_started";
pub(crate) const ITERATION_FINISHED: &str = "iteration_finished";
pub(crate) const GIT_STATE: &str = "git_state";
pub(crate) const WARNING: &str = "warning";
pub(crate) const LIMITS: &str = "limits";
pub(crate) const CASSETTES: &str = "cassettes";
pub(crate) const TEST_FINISHED: &str = "test_finished";
pub(crate) const AGENT: &str = "agent";
pub(crate) const TEXT: &str = "text";
pub(crate) const PROCESS_FINISHED: &str = "process_finished";

/// One line, read.
#[derive(Debug, PartialEq)]
pub(crate) enum Event {
    ProcessStarted(Box<ProcessRecord>),
    TestStarted(Box<TestStarted>),
    IterationStarted(IterationStarted),
    IterationFinished(Box<IterationRecord>),
    GitState(GitState),
    Warning(Warning),
    Limits(Limits),
    Agent(Box<AgentSetup>),
    Text(Text),
    Cassettes(CassetteUse),
    TestFinished(TestFinished),
    ProcessFinished(ProcessFinished),
    /// An event of a newer minor version.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TestStarted {
    pub(crate) id: TestId,
    pub(crate) identity: TestIdentity,
    pub(crate) rerun: u32,
    pub(crate) file: String,
    pub(crate) line: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fingerprint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    pub(crate) planned: u32,
    pub(crate) policy: Policy,
    #[serde(default)]
    pub(crate) rules: Rules,
    #[serde(default)]
    pub(crate) settings: Vec<SettingRecord>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IterationStarted {
    pub(crate) key: IterationKey,
    pub(crate) seed: u64,
    pub(crate) at_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TestFinished {
    pub(crate) id: TestId,
    pub(crate) rerun: u32,
    pub(crate) duration_us: u64,
    pub(crate) verdict: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stopped: Option<Stopped>,
}

/// What limits did in the process, written at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Limits {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) held_back: Vec<HeldBack>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) budget: Option<BudgetUse>,
}

/// What a fingerprint stands for, once in a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Text {
    pub(crate) sha256: String,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProcessFinished {
    pub(crate) at_ms: u64,
}
