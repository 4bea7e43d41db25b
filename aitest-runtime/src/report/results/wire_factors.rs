use serde::{Deserialize, Serialize};

/// What differs among the agents with the same tests: the model, the prompt, a parameter, …
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Factors {
    /// Whether every combination of their levels is one agent's, so that each factor's worth can be told from the
    /// others'.
    pub crossed: bool,
    /// The factors that differ, by name.
    pub factors: Vec<Factor>,
    /// Whether one factor's difference depends on another's level; of crossed factors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interactions: Vec<Interaction>,
}

/// One factor: `model`, `prompt`, `skill`, `instruction file`, `custom agent`, `servers`, `allowed tools`, or the name of
/// a parameter.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Factor {
    /// Its name.
    pub name: String,
    /// Its levels.
    pub levels: Vec<Level>,
    /// Every two levels, over the tests; of crossed factors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<LevelPair>,
}

/// One level of a factor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Level {
    /// Its name: `openai/gpt-5-mini`, `concise`, `none`.
    pub name: String,
    /// The ids of the agents that have it.
    pub agents: Vec<String>,
    /// The mean over tests of the rate of these agents; of crossed factors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Its interval, clustered by test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<[f64; 2]>,
}

/// Two levels of a factor, over the tests and all else that varies.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LevelPair {
    /// One level.
    pub first: String,
    /// The other.
    pub second: String,
    /// The first's rate less the second's, −1 to 1.
    pub difference: f64,
    /// Its interval over the tests; absent when the difference is the same in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<[f64; 2]>,
    /// Two-sided, by sign flips of the tests' differences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// The same, after Holm over the pairs of all factors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_corrected: Option<f64>,
    /// Whether the corrected p is below the level of the comparison.
    pub is_shown: bool,
}

/// How much the difference of one factor's levels depends on the other's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Interaction {
    /// The two factors.
    pub factors: [String; 2],
    /// Two levels of each.
    pub levels: [[String; 2]; 2],
    /// (r₁₁ − r₂₁) − (r₁₂ − r₂₂), −2 to 2: how much more the first factor's first level is ahead at the second's first.
    pub difference: f64,
    /// Its interval over the tests, after Bonferroni over all interactions.
    pub ci: [f64; 2],
    /// Whether the interval excludes 0: else nothing is claimed.
    pub is_shown: bool,
}
