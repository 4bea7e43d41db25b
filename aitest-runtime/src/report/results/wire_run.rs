use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BaselineComparison, Charge, Comparison, Counts, Gate, Resumed, Saved, Setup, Split, Test};
use crate::record::{CassetteUse, GitState, HeldBack, SettingRecord, TestId, Warning};

/// The name and major version of the format.
pub const SCHEMA: &str = "aitest.results/1";

/// One run, as programs read it.
///
/// Numbers are finite; times are RFC 3339 in UTC, durations whole milliseconds, rates 0 to 1, costs whole
/// pico-dollars. A field that is absent is unknown, never 0.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Results<'a> {
    /// [`SCHEMA`], or a newer minor version of it.
    pub schema: Cow<'a, str>,
    /// The run.
    pub run: Run<'a>,
    /// The agents in the order of the leaderboard: by rank, in a rank by the mean of their tests' pass rates, then by
    /// cost, unknown costs last.
    #[serde(default)]
    pub agents: Vec<Agent<'a>>,
    /// Each agent beside every other; absent for fewer than two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison<'a>>,
    /// What changed since a baseline; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineComparison>,
    /// Long prompts, skills and listings of tools, each once: other texts refer to them by index.
    #[serde(default)]
    pub strings: Vec<Cow<'a, str>>,
    /// The tests, one entry for each test and case, in the order of file and line.
    #[serde(default)]
    pub tests: Vec<Test<'a>>,
    /// Why iterations did not pass, the most frequent cause first.
    #[serde(default)]
    pub causes: Vec<Cause<'a>>,
    /// What the reader should know.
    #[serde(default)]
    pub warnings: Vec<Warning>,
}

/// What holds for the whole run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Run<'a> {
    /// The run's id.
    pub id: Cow<'a, str>,
    /// When its first process began; absent without any process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// Wall time from the first process's beginning to the last sign of life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Whether every process and every test that started has finished.
    pub complete: bool,
    /// The seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// What it keeps of an earlier run; absent where it resumes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed: Option<Resumed<'a>>,
    /// Whether failing verdicts failed nothing.
    #[serde(default)]
    pub report_only: bool,
    /// State of the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git: Option<Cow<'a, GitState>>,
    /// Operating system and architecture.
    #[serde(default)]
    pub host: Cow<'a, str>,
    /// Version of aitest.
    #[serde(default)]
    pub aitest: Cow<'a, str>,
    /// Date and source of the prices.
    #[serde(default)]
    pub prices: Cow<'a, str>,
    /// Two-sided confidence of all intervals, 0 to 1.
    #[serde(default)]
    pub confidence: f64,
    /// How intervals are made: `wilson`.
    #[serde(default)]
    pub method: Cow<'a, str>,
    /// Counts and sums over all tests.
    #[serde(default)]
    pub totals: Totals,
    /// The run's gate, if it has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// What limits did to requests, by model; absent where they did nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_back: Vec<Cow<'a, HeldBack>>,
    /// The run's budget, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// What stop rules and limits left out; absent where they left out nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub saved: Vec<Saved>,
    /// What cassettes did, if it has them: its answers are recorded ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cassettes: Option<CassetteUse>,
    /// The processes, in the order in which they began.
    #[serde(default)]
    pub processes: Vec<Process<'a>>,
    /// Settings that apply to every test, each once.
    #[serde(default)]
    pub settings: Vec<Cow<'a, SettingRecord>>,
    /// Journal lines that could not be read.
    #[serde(default)]
    pub torn_lines: u64,
}

/// The run's budget and what was spent of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Budget {
    /// What all processes may spend.
    pub max_pico_usd: u64,
    /// What they have spent.
    pub spent_pico_usd: u64,
}

/// One process of the run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Process<'a> {
    /// The name of its journal.
    pub process: Cow<'a, str>,
    /// Cargo package.
    #[serde(default)]
    pub package: Cow<'a, str>,
    /// Crate of the test binary.
    #[serde(default)]
    pub target: Cow<'a, str>,
    /// `cargo test`, `nextest`, `direct`.
    #[serde(default)]
    pub runner: Cow<'a, str>,
    /// The command line.
    #[serde(default)]
    pub command: Cow<'a, str>,
    /// Which execution by the runner this is, from 1.
    #[serde(default)]
    pub rerun: u32,
    /// When it began.
    #[serde(default)]
    pub started_at: String,
    /// When it ended; absent when it was killed, or lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<String>,
}

/// Counts and sums over all tests.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// Tests.
    pub tests: u64,
    /// Tests of which all graded iterations passed.
    pub reliable: u64,
    /// Tests of which some passed.
    pub flaky: u64,
    /// Tests of which none passed.
    pub broken: u64,
    /// Tests without a graded iteration.
    pub unknown: u64,
    /// Iterations.
    #[serde(flatten)]
    pub counts: Counts,
    /// Wall time of all executions, summed.
    pub duration_ms: u64,
    /// Tokens and money.
    pub spend: Split,
    /// Executions that called a model.
    pub charged: u64,
    /// Those of which every call has a price.
    pub priced: u64,
}

/// One agent over all tests that it ran in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Agent<'a> {
    /// `a1`, `a2`, …: what tests refer to.
    pub id: Cow<'a, str>,
    /// The case's name, else the agent's own, else `provider/model`; several in one iteration are joined by ` + `.
    pub name: Cow<'a, str>,
    /// Labels of the agents that ran under this name.
    #[serde(default)]
    pub labels: Vec<Cow<'a, str>>,
    /// What it was given; several where tests gave it different things.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setups: Vec<Setup<'a>>,
    /// What it is in the factors that differ among the agents: `{"prompt": "concise"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub factors: BTreeMap<String, String>,
    /// Tests of which at least one iteration is this agent's, by path: what comparisons pair by.
    #[serde(default)]
    pub tests: Vec<Cow<'a, str>>,
    /// The first and the last rank that it shares with agents that it cannot be told from, as `[1, 2]`; absent where no
    /// other agent ran the same tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<[u64; 2]>,
    /// Whether its pass rate is below the run's gate: it is ranked after all others, and never recommended.
    #[serde(default)]
    pub below_gate: bool,
    /// Whether no agent with the same tests passes at least as often for no more money, and does better in one of both.
    #[serde(default)]
    pub pareto: bool,
    /// The mean of its tests' pass rates, 0 to 1, each test counting the same; absent when nothing was graded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_pass_rate: Option<f64>,
    /// Its interval; absent when all tests have the same rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<[f64; 2]>,
    /// How the interval is made: `clustered` by test, or with one test `wilson`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci_method: Option<Cow<'a, str>>,
    /// Tests of which some iterations passed and some did not.
    #[serde(default)]
    pub flaky: u64,
    /// What a graded iteration costs, the mean of its tests' means; absent when a call has no price, or none was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_cost_pico_usd: Option<u64>,
    /// What its graded iterations cost for each one that passed; absent in the same cases, and without a pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_pass_pico_usd: Option<u64>,
    /// Iterations.
    #[serde(default)]
    pub counts: Counts,
    /// Wall time of its executions, summed.
    #[serde(default)]
    pub duration_ms: u64,
    /// Tokens and money of the agent, without judges.
    #[serde(default)]
    pub spend: Charge,
}

/// Failures that share kind and message pattern; assertions share their place too.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cause<'a> {
    /// `c1`, `c2`, …: what failures refer to.
    pub id: Cow<'a, str>,
    /// `assert`, `judge`, `tool`, `provider`, `panic`, `timeout`, `other`.
    #[serde(default)]
    pub kind: Cow<'a, str>,
    /// The first line with numbers, ids and paths replaced.
    #[serde(default)]
    pub pattern: Cow<'a, str>,
    /// The message in one line, with `<n>` and `<id>` where they differ.
    #[serde(default)]
    pub message: Cow<'a, str>,
    /// `file:line`, where all have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Cow<'a, str>>,
    /// How many iterations it ended, in one attempt or several.
    #[serde(default)]
    pub iterations: u64,
    /// The tests that have it.
    #[serde(default)]
    pub tests: Vec<TestId>,
}
