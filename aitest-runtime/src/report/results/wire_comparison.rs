use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Factors, Word};

/// The agents of a run beside each other, over the tests that they share. Iterations of one test are no independent
/// draws of the suite: the test is the unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comparison<'a> {
    /// Two-sided confidence of the intervals, 0 to 1.
    pub confidence: f64,
    /// Below this a corrected p-value tells two agents apart.
    pub alpha: f64,
    /// The chance to see a difference that is there, which the plans are made for.
    pub power: f64,
    /// How p-values are corrected over the pairs: `holm`.
    pub correction: Cow<'a, str>,
    /// Every two agents, in the order of the ranking.
    pub pairs: Vec<Pair<'a>>,
    /// The agent that the numbers speak for, if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommended: Option<Recommendation<'a>>,
    /// What differs among the ranked agents; absent when nothing is known to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factors: Option<Factors>,
}

/// Two agents over the tests of which both have a pass rate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pair<'a> {
    /// The id of the one with the better rank.
    pub first: Cow<'a, str>,
    /// The id of the other.
    pub second: Cow<'a, str>,
    /// Tests that both ran.
    pub tests: u64,
    /// Graded iterations of both in these tests.
    pub iterations: u64,
    /// The first's mean pass rate less the second's, −1 to 1; absent without a common test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<f64>,
    /// Its interval: Student's over the tests' differences, with one test Newcombe's. Absent when the difference is the
    /// same in all tests, which does not tell how much it varies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<[f64; 2]>,
    /// How p was found: `mcnemar`, `sign_flip` or `within_test_permutation`. The last says something about these tests
    /// alone, not about others like them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Cow<'a, str>>,
    /// How likely so great a difference, in either direction, is by chance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// The same, corrected over all pairs of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_corrected: Option<f64>,
    /// What that says.
    pub result: Word<PairResult>,
    /// How many times the second's cost of an iteration the first's is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_ratio: Option<Ratio>,
    /// The same of working time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ratio: Option<Ratio>,
    /// The least difference that so many tests and iterations would show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detectable_difference: Option<f64>,
    /// How many iterations of each of these tests by each agent would tell, if the difference is the one seen. Absent
    /// when they are told apart, do not differ, or iterations alone cannot tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iterations_needed: Option<u64>,
    /// How many tests like these, with as many iterations as now, would tell. Absent in the same cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests_needed: Option<u64>,
}

/// What a pair's p-value says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairResult {
    /// The first passes more often.
    FirstBetter,
    /// The second passes more often.
    SecondBetter,
    /// The difference may be chance.
    NoEvidence,
    /// No test has a pass rate of both.
    NotComparable,
}

/// A geometric mean of per-test ratios.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// The ratio, above 0.
    pub value: f64,
    /// Tests in which both values are known and above 0.
    pub tests: u64,
}

/// The agent that the numbers speak for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recommendation<'a> {
    /// Its id.
    pub agent: Cow<'a, str>,
    /// Why.
    pub reason: Word<RecommendedFor>,
    /// The greatest difference of pass rates to the others of its rank that these tests would not show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen_difference: Option<f64>,
}

/// Why an agent is recommended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecommendedFor {
    /// It passes more often than every other.
    HigherRate,
    /// It costs least of those that cannot be told from the best.
    LowerCost,
}
