use crate::iteration::ShouldPanic;
use crate::record::{Date, TestGate};

/// What the attribute knows about a test. Written by generated code as a `static`.
#[derive(Debug)]
pub struct TestSpec {
    /// `CARGO_PKG_NAME` of the test's package.
    pub package: &'static str,
    /// `CARGO_MANIFEST_DIR` of the test's package.
    pub manifest_dir: &'static str,
    /// `CARGO_BIN_NAME`, which Cargo sets for binaries alone.
    pub bin: Option<&'static str>,
    /// Whether there is a `CARGO_TARGET_TMPDIR`, which Cargo sets for integration tests and benchmarks alone.
    pub is_integration: bool,
    /// `module_path!()` where the attribute stands.
    pub module_path: &'static str,
    /// The function's name.
    pub name: &'static str,
    /// The case, with `agents = […]`.
    pub case: Option<&'static str>,
    /// `file!()`.
    pub file: &'static str,
    /// `line!()`.
    pub line: u32,
    /// A hash of the function's signature and body, as the attribute sees their tokens; empty when it is not known.
    pub source: &'static str,
    /// The doc comment, lines joined by `\n`.
    pub docs: &'static str,
    /// `#[should_panic]`.
    pub should_panic: ShouldPanic,
    /// The attribute's arguments.
    pub options: Options,
}

/// The attribute's arguments, as written; `None` where absent.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// `iterations = 10`
    pub iterations: Option<u32>,
    /// `concurrency = 4`
    pub concurrency: Option<u32>,
    /// `min_pass_rate = 80` or `"80%"`, as text.
    pub min_pass_rate: Option<&'static str>,
    /// `max_errored = 2` or `"10%"`, as text.
    pub max_errored: Option<&'static str>,
    /// `confidence = 95` or `"95%"`, as text.
    pub confidence: Option<&'static str>,
    /// `stop = "decided"`
    pub stop: Option<&'static str>,
    /// `gate = ["p95(duration) <= 20s"]`
    pub gates: &'static [TestGate],
    /// `flaky = "reason"` and `until = "2026-12-31"`
    pub flaky: Option<(&'static str, Option<Date>)>,
    /// `timeout = "90s"`
    pub timeout: Option<&'static str>,
    /// `runtime = "multi"`
    pub runtime: RuntimeFlavor,
    /// `title = "…"`
    pub title: Option<&'static str>,
}

impl Options {
    /// No argument given.
    pub const NONE: Options = Options {
        iterations: None,
        concurrency: None,
        min_pass_rate: None,
        max_errored: None,
        confidence: None,
        stop: None,
        gates: &[],
        flaky: None,
        timeout: None,
        runtime: RuntimeFlavor::CurrentThread,
        title: None,
    };
}

/// The tokio runtime of an async test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuntimeFlavor {
    /// One thread, the test's own.
    CurrentThread,
    /// `runtime = "multi"`
    MultiThread,
}
