use std::fmt;

use crate::provider::{ProviderError, ProviderErrorKind};

/// Why a cassette is no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CassetteError {
    /// The file cannot be read.
    Unreadable { path: String, problem: String },
    /// It is no cassette: not JSON, not whole, edited into something else.
    Malformed { path: String, problem: String },
    /// It is of another version.
    Version { path: String, version: u64 },
    /// There is no file for the iteration.
    NotRecorded { path: String, test: String, iteration: u32 },
    /// The file has nothing of a further attempt.
    NoAttempt { path: String, test: String, attempt: u32 },
    /// The file has no answer to the request.
    Missed { path: String, to: String, test: String, nearest: String },
    /// The recording has no answer either.
    Cut { path: String, to: String, test: String },
    /// Nobody knows whose request it is.
    Outside { to: String },
}

impl CassetteError {
    /// The error of a request to a model.
    pub(super) fn of_model(&self) -> ProviderError {
        ProviderError::new(ProviderErrorKind::Cassette, self.to_string())
    }
}

impl std::error::Error for CassetteError {}

impl fmt::Display for CassetteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CassetteError::Unreadable { path, problem } => write!(f, "the cassette {path} cannot be read: {problem}"),
            CassetteError::Malformed { path, problem } => write!(
                f,
                "{path} is no cassette: {problem}; restore the file, or delete it and record it anew \
                 (AITEST_CASSETTES=record)"
            ),
            CassetteError::Version { path, version } => write!(
                f,
                "the cassette {path} is of version {version}, and this aitest reads version {}: record it anew \
                 (AITEST_CASSETTES=record)",
                super::file::VERSION
            ),
            CassetteError::NotRecorded { path, test, iteration } => write!(
                f,
                "iteration {iteration} of {test} was never recorded, there is no {path}: record what is missing with \
                 AITEST_CASSETTES=auto, or run as many iterations as were recorded"
            ),
            CassetteError::NoAttempt { path, test, attempt } => write!(
                f,
                "the cassette {path} has no attempt {attempt}: {test} was recorded with fewer of them, or ended otherwise; \
                 replay with the recorded AITEST_RETRY_ERRORED, or record anew with AITEST_CASSETTES=record"
            ),
            CassetteError::Missed { path, to, test, nearest } => write!(
                f,
                "the cassette {path} has no answer to this request to {to}; record anew what changed with \
                 AITEST_CASSETTES=record cargo test {test}\n{nearest}"
            ),
            CassetteError::Cut { path, to, test } => write!(
                f,
                "the cassette {path} has a request to {to} without an answer: the recorded iteration ended first, by \
                 its time limit say; record it anew with AITEST_CASSETTES=record cargo test {test}"
            ),
            CassetteError::Outside { to } => write!(
                f,
                "a request to {to} outside an iteration cannot be replayed: spawn tasks with aitest::spawn, or carry \
                 the iteration with Iteration::scope"
            ),
        }
    }
}
