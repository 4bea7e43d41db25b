use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;

use super::{Counts, Results, SCHEMA, Test};
use crate::record::{Outcome, Warning};

/// Why a text is not a result of this format.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// It is not JSON, or a required field is missing or of another type.
    Malformed(serde_json::Error),
    /// It is of another format, or of another major version.
    OtherSchema(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Malformed(error) => write!(f, "cannot read results: {error}"),
            ReadError::OtherSchema(found) => {
                write!(
                    f,
                    "cannot read results of schema `{found}`: this aitest reads `{SCHEMA}`; use the aitest that wrote them"
                )
            }
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReadError::Malformed(error) => Some(error),
            ReadError::OtherSchema(_) => None,
        }
    }
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    schema: Cow<'a, str>,
}

impl Results<'static> {
    /// Reads what [`write_json`](super::write_json) has written. Unknown fields are ignored, minor versions
    /// (`aitest.results/1.4`) are accepted. Counts that do not agree with the iterations are a warning of the code
    /// `counts_differ`.
    ///
    /// # Errors
    /// The text is not JSON, lacks a required field, or is of another major version.
    pub fn parse(text: &str) -> Result<Self, ReadError> {
        let head: Head<'_> = serde_json::from_str(text).map_err(ReadError::Malformed)?;
        let minor = head.schema.strip_prefix(SCHEMA);
        if !minor.is_some_and(|minor| minor.is_empty() || minor.starts_with('.')) {
            return Err(ReadError::OtherSchema(head.schema.into_owned()));
        }
        let mut results: Results<'static> = serde_json::from_str(text).map_err(ReadError::Malformed)?;
        let differing = results.tests.iter().filter(|test| counted(test) != test.stats.counts);
        let warnings: Vec<_> = differing.map(counts_differ).collect();
        results.warnings.extend(warnings);
        Ok(results)
    }
}

fn counted(test: &Test<'_>) -> Counts {
    let mut counts = Counts { planned: test.stats.counts.planned, ..Counts::default() };
    for iteration in &test.iterations {
        let outcome = iteration.outcome();
        counts.n += u64::from(outcome.is_graded());
        *match outcome {
            Outcome::Passed => &mut counts.passed,
            Outcome::Failed => &mut counts.failed,
            Outcome::TimedOut => &mut counts.timed_out,
            Outcome::Errored => &mut counts.errored,
            Outcome::Skipped => &mut counts.skipped,
            Outcome::Interrupted => &mut counts.interrupted,
        } += 1;
    }
    counts
}

fn counts_differ(test: &Test<'_>) -> Warning {
    Warning {
        code: "counts_differ".to_owned(),
        message: format!("{}: the stored counts do not agree with the iterations", test.path),
    }
}
