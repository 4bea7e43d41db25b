use std::fmt;

use super::BASELINE_SCHEMA;
use crate::report::results::SCHEMA;

/// Why a text is no baseline.
#[derive(Debug)]
#[non_exhaustive]
pub enum BaselineError {
    /// Nothing is in it.
    Empty,
    /// It is not JSON, or a required field is missing or of another type.
    Malformed(serde_json::Error),
    /// It is of another format, or of another major version.
    OtherSchema(String),
    /// It is of a run with `AITEST_ONLY`.
    Partial,
    /// No test in it finished with a graded iteration.
    NoTests,
    /// A test is in it twice: its name.
    Twice(String),
    /// The counts of a test cannot be: its name.
    Counts(String),
    /// No test in it is of these packages.
    OtherProject {
        /// The packages in it.
        found: Vec<String>,
        /// The package whose tests run.
        package: String,
    },
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BaselineError::Empty => f.write_str("the file is empty; write it again from a full run"),
            BaselineError::Malformed(error) if error.is_eof() => {
                write!(f, "the file is cut off ({error}); write it again from a full run")
            }
            BaselineError::Malformed(error) => write!(f, "the file is no baseline and no results: {error}"),
            BaselineError::OtherSchema(found) if found.is_empty() => {
                write!(f, "the file has no schema; `{BASELINE_SCHEMA}` and `{SCHEMA}` are accepted")
            }
            BaselineError::OtherSchema(found) => write!(
                f,
                "the file is of schema `{found}`; this aitest reads `{BASELINE_SCHEMA}` and `{SCHEMA}`: write it again \
                 with this version"
            ),
            BaselineError::Partial => f.write_str(
                "the file is of a partial run, with AITEST_ONLY set; use the results.json of a run with all iterations",
            ),
            BaselineError::NoTests => {
                f.write_str("no test in the file finished with a graded iteration: there is nothing to compare with")
            }
            BaselineError::Twice(test) => {
                write!(f, "the test `{test}` is in the file twice; write it again from one run")
            }
            BaselineError::Counts(test) => write!(
                f,
                "the counts of the test `{test}` cannot be: at least one graded iteration, no more passed than graded, \
                 and nothing below 0"
            ),
            BaselineError::OtherProject { found, package } => write!(
                f,
                "the file is of another project: its tests are of {}, and none of `{package}` or another package of \
                 this workspace",
                found.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            ),
        }
    }
}

impl std::error::Error for BaselineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BaselineError::Malformed(error) => Some(error),
            _ => None,
        }
    }
}
