use std::fmt;

/// A setting that cannot be read. The tests fail; they never run with a guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// `AITEST_ITERATIONS`, `aitest.toml:3:14`, `#[aitest(timeout)]`.
    pub origin: String,
    /// What is wrong, and what is accepted.
    pub message: String,
}

impl ConfigError {
    pub(crate) fn new(origin: impl fmt::Display, message: impl fmt::Display) -> Self {
        ConfigError { origin: origin.to_string(), message: message.to_string() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "aitest configuration: {}: {}", self.origin, self.message)
    }
}

impl std::error::Error for ConfigError {}
