use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::BaselineError;
use crate::record::{GitState, TestId};
use crate::report::results::{ReadError, Results, SCHEMA, Setup};

/// The name and major version of the format.
pub const BASELINE_SCHEMA: &str = "aitest.baseline/1";

/// What a later run is compared with: counts, costs and times of each test, no transcripts. A JSON document.
///
/// ```
/// use aitest_runtime::report::Baseline;
///
/// let baseline = Baseline::parse(r#"{
///   "schema": "aitest.baseline/1",
///   "tests": [{ "id": "9c41d07e5b2a61f8", "package": "bank", "target": "test/bank", "path": "transfer", "passed": 9, "n": 10 }]
/// }"#)?;
/// assert_eq!(baseline.tests[0].path, "transfer");
/// # Ok::<(), aitest_runtime::report::BaselineError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// [`BASELINE_SCHEMA`], or a newer minor version of it.
    #[serde(default)]
    pub schema: String,
    /// The run that it is of; absent where its tests are of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// When that run began, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// State of the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git: Option<GitState>,
    /// What agents were given, with the texts of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setups: Vec<Setup<'static>>,
    /// The tests, in the order of file and line.
    #[serde(default)]
    pub tests: Vec<BaselineTest>,
}

/// One test and case that finished, with at least one graded iteration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaselineTest {
    /// Stable between runs.
    pub id: TestId,
    /// Cargo package.
    pub package: String,
    /// Crate of the test binary.
    pub target: String,
    /// Module path and function, without the case.
    pub path: String,
    /// The case, for tests with `agents = […]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// One line for people; what a renamed test is known by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A hash of the function's source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What its agents were given, by the ids of `setups`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub setups: Vec<String>,
    /// The models that providers said they served.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub served_models: Vec<String>,
    /// The run that this result is of, where tests are of several runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Iterations that passed.
    pub passed: u64,
    /// Graded iterations, at least one.
    pub n: u64,
    /// What a graded iteration cost, agent and judges together, in 10⁻¹² dollars; absent when a call had no price, or
    /// none was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_pico_usd: Option<Numbers>,
    /// How long a graded iteration worked, in milliseconds: without waiting for limits and servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_ms: Option<Numbers>,
}

impl BaselineTest {
    /// The test as `cargo test` selects it.
    pub fn name(&self) -> String {
        match &self.case {
            Some(case) => format!("{}::{case}", self.path),
            None => self.path.clone(),
        }
    }
}

/// What is kept of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// Arithmetic mean.
    pub mean: f64,
    /// Median.
    pub p50: f64,
    /// Where the true median lies with 95 % confidence, from order statistics; absent of fewer than six.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50_ci: Option<[u64; 2]>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    schema: String,
}

impl Baseline {
    /// Reads a baseline file, or the results of a run.
    ///
    /// # Errors
    /// The text is empty, torn, of another format or major version, of a partial run, or holds no finished test, one
    /// test twice, or counts that cannot be.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        if text.trim().is_empty() {
            return Err(BaselineError::Empty);
        }
        let head: Head = serde_json::from_str(text).map_err(BaselineError::Malformed)?;
        let baseline = if is_schema(&head.schema, BASELINE_SCHEMA) {
            serde_json::from_str(text).map_err(BaselineError::Malformed)?
        } else if head.schema.starts_with(SCHEMA.trim_end_matches('1')) {
            Baseline::of_file(&Results::parse(text).map_err(|error| match error {
                ReadError::Malformed(error) => BaselineError::Malformed(error),
                ReadError::OtherSchema(found) => BaselineError::OtherSchema(found),
            })?)?
        } else {
            return Err(BaselineError::OtherSchema(head.schema));
        };
        baseline.check().map(|()| baseline)
    }

    fn of_file(results: &Results<'_>) -> Result<Self, BaselineError> {
        if results.tests.iter().any(super::of_results::is_partial) {
            return Err(BaselineError::Partial);
        }
        Ok(Baseline::of(results))
    }

    fn check(&self) -> Result<(), BaselineError> {
        if self.tests.is_empty() {
            return Err(BaselineError::NoTests);
        }
        let mut seen = HashSet::new();
        for test in &self.tests {
            if !seen.insert(test.id) {
                return Err(BaselineError::Twice(test.name()));
            }
            let numbers = [test.cost_pico_usd, test.working_ms];
            let is_wrong = |numbers: &Numbers| [numbers.mean, numbers.p50].iter().any(|number| *number < 0.0);
            if test.n == 0 || test.passed > test.n || numbers.iter().flatten().any(is_wrong) {
                return Err(BaselineError::Counts(test.name()));
            }
        }
        Ok(())
    }
}

/// Whether `found` is `schema` or a minor version of it.
fn is_schema(found: &str, schema: &str) -> bool {
    found.strip_prefix(schema).is_some_and(|minor| minor.is_empty() || minor.starts_with('.'))
}
