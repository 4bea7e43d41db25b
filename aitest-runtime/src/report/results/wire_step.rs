use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Failure, Word};
use crate::record::Outcome;

/// One step of a session in one iteration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step<'a> {
    /// The function's name.
    pub name: Cow<'a, str>,
    /// How it ended; skipped when it was not reached.
    pub outcome: Word<Outcome>,
    /// Wall time.
    #[serde(default)]
    pub duration_ms: u64,
    /// Why it did not pass: the iteration's failure, without frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure<'a>>,
    /// Where its turns begin in those of the iteration, from 0.
    #[serde(default)]
    pub first_turn: u32,
    /// How many turns it took.
    #[serde(default)]
    pub turns: u32,
}

impl Step<'_> {
    /// How it ended; a word that this version does not know counts as errored.
    pub fn outcome(&self) -> Outcome {
        self.outcome.known().unwrap_or(Outcome::Errored)
    }
}

/// One step of a session over all iterations of its test.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StepStats<'a> {
    /// The function's name.
    pub name: Cow<'a, str>,
    /// Iterations that reached it.
    pub reached: u64,
    /// Those of them that say something about the subject: passed, failed or timed out.
    pub n: u64,
    /// Those of them that passed it.
    pub passed: u64,
    /// Passed ÷ n, 0 to 1; absent when n is 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_rate: Option<f64>,
}
