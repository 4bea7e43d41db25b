use serde::Serialize;
use serde_json::{Map, Value};

/// What is asked of a model beside the conversation. `None` is not sent, and leaves it to the provider.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct RequestOptions {
    /// The sampling temperature.
    pub temperature: Option<f64>,
    /// The most tokens of the answer.
    pub max_tokens: Option<u32>,
    /// The seed of the sampling.
    pub seed: Option<u64>,
    /// The probability mass that is sampled from, above 0 and up to 1.
    pub top_p: Option<f64>,
    /// How much the model thinks before it answers.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// Whether the images of tools' results are sent; `None` leaves it to what is known of the provider.
    pub images: Option<bool>,
    /// Further fields of the request's body. They replace what the library writes itself.
    pub extra_body: Map<String, Value>,
}

impl RequestOptions {
    /// The seed, within what every provider takes: 31 bits.
    pub(crate) fn seed_31_bits(&self) -> Option<u64> {
        self.seed.map(|seed| seed & 0x7fff_ffff)
    }
}

/// How much a model thinks before it answers. Which of these a model takes, and what it makes of them, is the
/// provider's: <https://github.com/aitest-rs/aitest/blob/main/docs/providers.md#reasoning>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ReasoningEffort {
    /// Not at all, `none`.
    Off,
    /// `minimal`.
    Minimal,
    /// `low`.
    Low,
    /// `medium`.
    Medium,
    /// `high`.
    High,
    /// `xhigh`.
    XHigh,
    /// `max`.
    Max,
}

impl ReasoningEffort {
    /// The word that most providers use.
    pub(crate) fn word(self) -> &'static str {
        match self {
            ReasoningEffort::Off => "none",
            ReasoningEffort::Minimal => "minimal",
            ReasoningEffort::Low => "low",
            ReasoningEffort::Medium => "medium",
            ReasoningEffort::High => "high",
            ReasoningEffort::XHigh => "xhigh",
            ReasoningEffort::Max => "max",
        }
    }
}
