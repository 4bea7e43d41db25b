use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One invocation of the test command, over all its processes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub String);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One test and case, stable between runs: the first 64 bits of a SHA-256 over its [`TestIdentity`].
///
/// Written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TestId(pub u64);

impl fmt::Display for TestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for TestId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TestId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16)
            .map(TestId)
            .map_err(|_| serde::de::Error::custom(format!("`{text}` is not a test id of 16 hexadecimal digits")))
    }
}

/// What a [`TestId`] is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TestIdentity {
    /// Cargo package.
    pub package: String,
    /// Cargo target: `banking` for a library's unit tests, `bin/banking-mcp`, `test/transfers`.
    pub target: String,
    /// Module path and function, as libtest prints it, without the crate: `bank::transfer`.
    pub path: String,
    /// The case, for tests with `agents = […]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
}

/// Which execution a record is about. The record of the highest attempt counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IterationKey {
    /// The test and its case.
    pub test: TestId,
    /// The whole test again by the runner, from 1.
    pub rerun: u32,
    /// One of the N counted executions, from 1.
    pub iteration: u32,
    /// The iteration executed again after an infrastructure error, from 1.
    pub attempt: u32,
}
