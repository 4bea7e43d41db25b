use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::record::TokenUsage;

/// Iterations by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Planned.
    pub planned: u64,
    /// Graded: passed, failed and timed out.
    pub n: u64,
    /// Passed.
    pub passed: u64,
    /// Failed; timed-out ones are counted apart.
    pub failed: u64,
    /// Timed out.
    pub timed_out: u64,
    /// Errored: not graded.
    pub errored: u64,
    /// Never started.
    pub skipped: u64,
    /// Started and never finished.
    pub interrupted: u64,
}

/// Counts, rates and sums of one test.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Stats {
    /// Iterations by outcome.
    #[serde(flatten)]
    pub counts: Counts,
    /// Passed ÷ graded; absent when nothing was graded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass_rate: Option<f64>,
    /// The interval of the pass rate; absent when nothing was graded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci: Option<[f64; 2]>,
    /// How it is made, where not as the run says: `curtailed` or `confidence_sequence`, of a test that a stop rule ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Cow<'static, str>>,
    /// Wall time of the iterations that ran. Its sum is over all executions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<Spread>,
    /// Tokens of the agent in the iterations that reported any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Spread>,
    /// Costs of agent and judges in the iterations of which every call has a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_pico_usd: Option<Spread>,
    /// Tokens and money over all executions.
    pub spend: Split,
    /// Executions that called a model.
    pub charged: u64,
    /// Those of which every call has a price.
    pub priced: u64,
}

/// A distribution of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// Median.
    pub p50: u64,
    /// 95th percentile, nearest rank.
    pub p95: u64,
    /// Least.
    pub min: u64,
    /// Greatest.
    pub max: u64,
    /// Arithmetic mean, rounded.
    pub mean: u64,
    /// Sum.
    pub sum: u64,
}

/// Tokens and money, the subject's and the judges'.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Split {
    /// The subject's.
    #[serde(skip_serializing_if = "Charge::is_empty")]
    pub agent: Charge,
    /// The judges'.
    #[serde(skip_serializing_if = "Charge::is_empty")]
    pub judge: Charge,
}

/// Tokens and money of zero or more model calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Charge {
    /// Tokens.
    pub usage: TokenUsage,
    /// The sum over the priced calls, in 10⁻¹² dollars; absent when no call was priced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_pico_usd: Option<u64>,
    /// Calls without a price. With it above 0 the cost is a lower bound.
    #[serde(skip_serializing_if = "is_zero")]
    pub unpriced: u64,
}

impl Charge {
    /// Whether nothing was charged.
    pub fn is_empty(&self) -> bool {
        *self == Charge::default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
pub(super) fn is_zero(number: &u64) -> bool {
    *number == 0
}
