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
    /// The case, for tests with `agents`, `models` or `cases`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Whether the case is known when the test runs (`cases = path`): libtest knows the test without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named_when_run: bool,
}

impl TestIdentity {
    /// What a person calls the test: `transfer::gpt_5_mini` as libtest prints it, `greets[polite]` with a case that
    /// libtest does not know.
    pub fn name(&self) -> String {
        test_name(&self.path, self.case.as_deref(), self.named_when_run)
    }

    /// The test as libtest selects it.
    pub fn selected_name(&self) -> String {
        selected_name(&self.path, self.case.as_deref(), self.named_when_run)
    }
}

/// What a person calls a test. See [`TestIdentity::name`].
pub(crate) fn test_name(path: &str, case: Option<&str>, named_when_run: bool) -> String {
    match case {
        Some(case) if named_when_run => format!("{path}[{case}]"),
        Some(case) => format!("{path}::{case}"),
        None => path.to_owned(),
    }
}

/// The test as libtest selects it.
pub(crate) fn selected_name(path: &str, case: Option<&str>, named_when_run: bool) -> String {
    test_name(path, case.filter(|_| !named_when_run), false)
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
