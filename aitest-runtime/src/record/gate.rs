use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A condition that a test must meet beside its pass rate: `p95(duration) <= 20s`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestGate {
    /// As the attribute has it.
    pub text: Cow<'static, str>,
    /// What is observed.
    pub quantity: Quantity,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what: millionths of a percent for rates, microseconds, pico-dollars or tokens.
    pub limit: u64,
}

impl TestGate {
    /// The gate of an attribute, which has read it.
    pub const fn new(text: &'static str, quantity: Quantity, comparison: Comparison, limit: u64) -> Self {
        TestGate { text: Cow::Borrowed(text), quantity, comparison, limit }
    }
}

/// What a gate observes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Passed ÷ graded.
    PassRate,
    /// The chance that at least one of so many iterations passes.
    PassAt(u32),
    /// The chance that all of so many iterations pass.
    PassHat(u32),
    /// A statistic of a measure over the graded iterations.
    Of(Statistic, Measure),
}

/// A statistic of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// Arithmetic mean.
    Mean,
    /// The middle one, or the mean of the middle two.
    Median,
    /// A percentile from 1 to 99, nearest rank.
    Percentile(u8),
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The sum.
    Sum,
}

/// What is measured of each iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Wall time.
    Duration,
    /// Dollars of agent and judges.
    Cost,
    /// Input and output tokens of the agent.
    Tokens,
    /// Input tokens of the agent.
    InputTokens,
    /// Output tokens of the agent.
    OutputTokens,
}

/// How an observed value is compared with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `>=`
    #[serde(rename = ">=")]
    AtLeast,
    /// `>`
    #[serde(rename = ">")]
    Above,
    /// `<=`
    #[serde(rename = "<=")]
    AtMost,
    /// `<`
    #[serde(rename = "<")]
    Below,
}

impl Comparison {
    /// The sign.
    pub const fn sign(self) -> &'static str {
        match self {
            Comparison::AtLeast => ">=",
            Comparison::Above => ">",
            Comparison::AtMost => "<=",
            Comparison::Below => "<",
        }
    }
}
