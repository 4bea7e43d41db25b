use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    AgentSetup, BudgetUse, CassetteUse, HeldBack, IterationRecord, Percent, Policy, Rules, RunId, Stopped, TestId,
    TestIdentity, Verdict,
};

/// All that the journals of one run hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// The run.
    pub id: RunId,
    /// Its processes, in the order in which they began.
    pub processes: Vec<ProcessRecord>,
    /// Its tests, in the order of file and line. A rerun has an entry of its own.
    pub tests: Vec<TestRecord>,
    /// What agents were given, in the order of their first runs.
    pub setups: Vec<AgentSetup>,
    /// System prompts, skills and listings of tools, by their hashes.
    pub texts: BTreeMap<String, String>,
    /// Warnings of all processes, each message once.
    pub warnings: Vec<Warning>,
    /// What limits did, by model.
    pub held_back: Vec<HeldBack>,
    /// The run's budget, if it has one.
    pub budget: Option<BudgetUse>,
    /// What cassettes did, if it has them.
    pub cassettes: Option<CassetteUse>,
    /// Journal lines that could not be read: the torn ends of killed processes.
    pub torn_lines: u64,
}

/// One process of a run: a test binary, or under nextest one test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessRecord {
    /// The name of its journal without the ending.
    pub process: String,
    /// The run.
    pub run: RunId,
    /// When the process began its first test, in milliseconds since 1970-01-01 UTC.
    pub started_at_ms: u64,
    /// When it ended; `None` when it was killed, or lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at_ms: Option<u64>,
    /// Cargo package.
    pub package: String,
    /// Crate of the test binary.
    pub target: String,
    /// `cargo test`, `nextest`, `direct`.
    pub runner: String,
    /// The command line of the test binary.
    pub command: String,
    /// When the test binary was built, in milliseconds since 1970-01-01 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_at_ms: Option<u64>,
    /// Which execution by the runner this is, from 1.
    pub rerun: u32,
    /// The run's seed.
    pub seed: u64,
    /// The run whose finished iterations this one keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes: Option<RunId>,
    /// Whether failing verdicts fail the tests.
    #[serde(default)]
    pub report_only: bool,
    /// The run's gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_pass_rate: Option<Percent>,
    /// State of the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git: Option<GitState>,
    /// Operating system and architecture: `linux x86_64`.
    pub host: String,
    /// Version of aitest.
    pub aitest: String,
    /// Date and source of the price table, and of what overrides it.
    pub prices: String,
    /// Settings that apply to every test of the process.
    #[serde(default)]
    pub settings: Vec<SettingRecord>,
}

/// State of the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitState {
    /// The commit.
    pub commit: String,
    /// The branch; `None` on a detached head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Whether tracked files differ from the commit; `None` when git did not say in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dirty: Option<bool>,
}

/// A setting and where its value came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SettingRecord {
    /// The setting's name: `iterations`.
    pub name: String,
    /// Its value, as a user would write it.
    pub value: String,
    /// `AITEST_ITERATIONS`, `#[aitest]`, `aitest.toml:3`, `default`.
    pub origin: String,
}

/// One execution of one test by the runner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRecord {
    /// The test and case.
    pub id: TestId,
    /// What the id is made of.
    pub identity: TestIdentity,
    /// Which execution by the runner this is, from 1.
    pub rerun: u32,
    /// The process it ran in.
    pub process: String,
    /// Source file, as the compiler names it.
    pub file: String,
    /// Line of the attribute.
    pub line: u32,
    /// A hash of the function's source, comments and layout left out; `None` from a macro that knew none.
    pub source: Option<String>,
    /// A hash over what the outcomes rest on: the test's source, `should_panic`, the time limit. `None` in journals
    /// that do not say it.
    pub fingerprint: Option<String>,
    /// `title = "…"`, else the first line of the doc comment.
    pub title: Option<String>,
    /// Iterations planned.
    pub planned: u32,
    /// How it is judged.
    pub policy: Policy,
    /// What else it is judged by.
    pub rules: Rules,
    /// How a stop rule ended it, if one did.
    pub stopped: Option<Stopped>,
    /// Settings of this test.
    pub settings: Vec<SettingRecord>,
    /// Wall time of the test, in microseconds; `None` while it runs.
    pub duration_us: Option<u64>,
    /// The verdict; `None` when the test did not finish.
    pub verdict: Option<Verdict>,
    /// The iterations' last attempts, by number. Every attempt's tokens and money are in [`TestRecord::earlier`].
    ///
    /// Boxed, because the nodes of a map that was filled in order are half empty.
    pub iterations: BTreeMap<u32, Box<IterationRecord>>,
    /// Attempts that did not count: paid for, not judged.
    pub earlier: Vec<IterationRecord>,
}

impl TestRecord {
    /// The records that count, by number.
    pub fn counted(&self) -> impl Iterator<Item = &IterationRecord> {
        self.iterations.values().map(Box::as_ref)
    }

    /// The records that count, then those of earlier attempts.
    pub fn executions(&self) -> impl Iterator<Item = &IterationRecord> {
        self.counted().chain(&self.earlier)
    }
}

/// Something the reader should know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Warning {
    /// A stable name for programs, in snake case.
    pub code: String,
    /// The message.
    pub message: String,
}
