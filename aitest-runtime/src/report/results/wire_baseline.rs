use serde::{Deserialize, Serialize};

use super::{GateResult, Ratio, Word};
use crate::record::TestId;

/// What changed since a baseline.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BaselineComparison {
    /// The baseline, as the user named it: a path, or `latest`.
    pub source: String,
    /// The run that it is of; absent where its tests are of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// When that run began, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// The commit of that run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Two-sided confidence of the intervals, 0 to 1.
    pub confidence: f64,
    /// Below this a corrected p-value is a finding.
    pub alpha: f64,
    /// Tests that p-values are corrected over.
    pub family: u64,
    /// How many tests changed in which way.
    #[serde(default)]
    pub changes: ChangeCounts,
    /// Every test that both have, the strongest evidence first.
    #[serde(default)]
    pub tests: Vec<TestChange>,
    /// Tests that the baseline does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<TestName>,
    /// Tests of the baseline that are gone, or ignored: their target ran without a filter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<TestName>,
    /// Tests of the baseline that this run did not select.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_run: Vec<TestName>,
    /// Tests that are in the baseline under another name, known by their title. They are compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<Renamed>,
    /// How many times the baseline's cost of an iteration this run's is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_ratio: Option<Ratio>,
    /// The same of working time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ratio: Option<Ratio>,
    /// What tests and agents were given otherwise: a change of it may explain another rate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspects: Vec<Suspect>,
    /// Whether a regression fails, and whether one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<RegressionGate>,
}

/// Tests by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeCounts {
    /// Tests that got worse.
    pub regressed: u64,
    /// Tests that got better.
    pub improved: u64,
    /// Tests of which no change is shown.
    pub unchanged: u64,
    /// Tests with too few iterations for any finding.
    pub cannot_tell: u64,
}

impl ChangeCounts {
    pub(in crate::report) fn of(tests: &[TestChange]) -> Self {
        let mut changes = ChangeCounts::default();
        for test in tests {
            *match test.change.known() {
                Some(ChangeKind::Regressed) => &mut changes.regressed,
                Some(ChangeKind::Improved) => &mut changes.improved,
                Some(ChangeKind::Unchanged) => &mut changes.unchanged,
                Some(ChangeKind::CannotTell) | None => &mut changes.cannot_tell,
            } += 1;
        }
        changes
    }
}

/// One test beside its baseline.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TestChange {
    /// The test.
    pub id: TestId,
    /// Its name, as `cargo test` selects it.
    pub name: String,
    /// Counts of the baseline.
    pub before: OfRun,
    /// Counts of this run.
    pub now: OfRun,
    /// What they say.
    pub change: Word<ChangeKind>,
    /// The pass rate now less the one before, −1 to 1; absent when nothing was graded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<f64>,
    /// Newcombe's interval of the difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<[f64; 2]>,
    /// How p was found: `boschloo` or `fisher`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// How likely so great a drop is by chance, one-sided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_drop: Option<f64>,
    /// The same, corrected after Benjamini and Hochberg: the list of the regressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_drop_corrected: Option<f64>,
    /// The same, corrected after Holm: the gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_drop_gate: Option<f64>,
    /// How likely so great a rise is by chance, one-sided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_rise: Option<f64>,
    /// The same, corrected after Benjamini and Hochberg: the list of the improved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_rise_corrected: Option<f64>,
    /// The p that a drop to 0 would have. Times `family` above `alpha`, a drop of this test alone cannot be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest_p_drop: Option<f64>,
    /// What an iteration costs beside before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Shift>,
    /// How long an iteration works beside before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Shift>,
}

/// Counts of one test in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfRun {
    /// The run; absent where it is clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Iterations that passed.
    pub passed: u64,
    /// Graded iterations.
    pub n: u64,
}

/// What became of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It passes less often.
    Regressed,
    /// It passes more often.
    Improved,
    /// No change is shown, and a great one would be.
    Unchanged,
    /// So few iterations cannot show any change.
    CannotTell,
}

/// A mean beside the one before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// Now divided by before, above 0.
    pub ratio: f64,
    /// Whether the 95 % intervals of the medians do not meet.
    pub is_shown: bool,
}

/// A test by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestName {
    /// The test.
    pub id: TestId,
    /// Its name, as `cargo test` selects it.
    pub name: String,
}

/// A test under a new name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renamed {
    /// The test.
    pub id: TestId,
    /// Its name.
    pub name: String,
    /// Its name in the baseline.
    pub was: String,
}

/// What is another thing than in the baseline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    /// In one line: `` `transfer`: description changed ``.
    pub change: String,
    /// The lines that differ; empty where the line above says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub diff: String,
    /// The tests that it is in.
    #[serde(default)]
    pub tests: Vec<TestId>,
}

/// Whether a test regressed, where that fails the run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RegressionGate {
    /// `met`: none did. `inconclusive`: no result could have shown it, which fails as well.
    pub result: Word<GateResult>,
    /// Which did, or why it cannot be told.
    pub message: String,
}
