use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Word;
use crate::record::{Date, SkippedBy};

/// A condition and whether it was met.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Gate {
    /// `test` or `run`.
    pub scope: Cow<'static, str>,
    /// `pass_rate`, `pass^5`, `pass@5`, `p95(duration)`, `mean(cost)`, …
    pub metric: Cow<'static, str>,
    /// `>=`, `>`, `<=`, `<`
    pub op: Cow<'static, str>,
    /// What is compared with, in `unit`.
    pub threshold: f64,
    /// What is compared: `point`, the observed value; `lower`, the one-sided lower bound of the rate; `sprt`, what a
    /// sequential test accepted.
    pub basis: Cow<'static, str>,
    /// The observed value, in `unit`; absent when it could not be observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<f64>,
    /// With the basis `lower`, the bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<f64>,
    /// `rate` (0 to 1), `ms`, `pico_usd`, `tokens`.
    #[serde(default = "rate")]
    pub unit: Cow<'static, str>,
    /// As the attribute has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What was observed in words, or why nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The result.
    pub result: Word<GateResult>,
}

fn rate() -> Cow<'static, str> {
    "rate".into()
}

/// Whether a condition was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateResult {
    /// It was.
    Met,
    /// It was not.
    NotMet,
    /// What is known does not tell.
    Inconclusive,
    /// What it asks for was not observed, so that it fails.
    NotEvaluated,
}

/// Why a test may fail for a while.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KnownFlaky<'a> {
    /// The reason, or a link to one.
    pub reason: Cow<'a, str>,
    /// The last day on which it may fail.
    pub until: Date,
    /// Whether this run shows that the test is no longer flaky.
    #[serde(default)]
    pub no_longer: bool,
    /// How many clean iterations would show it, where every one passed and there are fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clean_needed: Option<u64>,
}

/// What it would take to show a rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Needed {
    /// The rate, 0 to 1: the threshold, or 0.9 where that is 1.
    pub rate: f64,
    /// How surely, one-sided, 0 to 1.
    pub confidence: f64,
    /// Iterations in one run, none of which fails but as many as did.
    pub iterations: u64,
    /// Their cost by this run's mean; absent when it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_pico_usd: Option<u64>,
    /// Their time by this run's mean, one after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
}

/// What a rule left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// `decided`, `sprt`, `max_cost`, `max_duration`, `leaked_thread`.
    pub by: Word<SkippedBy>,
    /// Tests of which it left out an iteration.
    pub tests: u64,
    /// Iterations.
    pub iterations: u64,
    /// Their cost by the mean of their tests; absent when it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_pico_usd: Option<u64>,
}
