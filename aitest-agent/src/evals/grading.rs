use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use aitest_runtime::host;
use serde::Serialize;

use crate::agent::AgentResult;
use crate::load::{Fault, LoadError, LoadErrorKind};

const FILE: &str = "grading.json";

/// How one run met an eval's expectations, and what it took.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # fn test(eval: &aitest::SkillEval, result: &aitest::AgentResult) -> Result<(), aitest::LoadError> {
/// let mut grading = aitest::Grading::of(result);
/// for expectation in &eval.expectations {
///     let passed = result.final_response.contains("5,000");
///     grading = grading.expectation(expectation, passed, &result.final_response);
/// }
/// aitest::export_grading("target/evals/1/with_skill", &grading)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Grading {
    expectations: Vec<Expectation>,
    execution_metrics: Metrics,
    timing: Timing,
}

#[derive(Clone, Debug, Serialize)]
struct Expectation {
    text: String,
    passed: bool,
    evidence: String,
}

#[derive(Clone, Debug, Serialize)]
struct Metrics {
    tool_calls: BTreeMap<String, usize>,
    total_tool_calls: usize,
    total_steps: usize,
    errors_encountered: usize,
    output_chars: usize,
    transcript_chars: usize,
}

#[derive(Clone, Debug, Serialize)]
struct Timing {
    executor_duration_seconds: f64,
    total_duration_seconds: f64,
}

#[derive(Serialize)]
struct Summary {
    passed: usize,
    failed: usize,
    total: usize,
    pass_rate: f64,
}

#[derive(Serialize)]
struct File<'g> {
    expectations: &'g [Expectation],
    summary: Summary,
    execution_metrics: &'g Metrics,
    timing: &'g Timing,
}

impl Grading {
    /// The grading of a run, without expectations. Its duration is that of the run; grading takes none.
    pub fn of(result: &AgentResult) -> Self {
        let mut tool_calls = BTreeMap::new();
        for call in result.tool_calls() {
            *tool_calls.entry(call.name.clone()).or_default() += 1;
        }
        let chars = |text: &str| text.chars().count();
        let of_calls = |text: fn(&crate::agent::ToolCall) -> Option<&str>| {
            result.tool_calls().filter_map(text).map(chars).sum::<usize>()
        };
        let said = result.all_responses().into_iter().map(chars).sum::<usize>();
        let seconds = result.duration.as_secs_f64();
        Grading {
            expectations: Vec::new(),
            execution_metrics: Metrics {
                total_tool_calls: tool_calls.values().sum(),
                tool_calls,
                total_steps: result.turns.len(),
                errors_encountered: result.tool_calls().filter(|call| call.error.is_some()).count(),
                output_chars: chars(&result.final_response),
                transcript_chars: said
                    + of_calls(|call| Some(&call.arguments))
                    + of_calls(|call| call.result.as_deref().or(call.error.as_deref())),
            },
            timing: Timing { executor_duration_seconds: seconds, total_duration_seconds: seconds },
        }
    }

    /// Adds an expectation: whether it is met, and what shows it. Secrets are replaced in the evidence.
    #[must_use]
    pub fn expectation(mut self, text: impl Into<String>, passed: bool, evidence: impl AsRef<str>) -> Self {
        let evidence = host::redact(evidence.as_ref());
        self.expectations.push(Expectation { text: text.into(), passed, evidence });
        self
    }

    /// Whether all expectations are met; not without any.
    pub fn passed(&self) -> bool {
        !self.expectations.is_empty() && self.expectations.iter().all(|expectation| expectation.passed)
    }
}

/// Writes `grading.json` into `folder`, which is made if it is not there, in the
/// [format of skill-creator](https://github.com/anthropics/skills/blob/main/skills/skill-creator/references/schemas.md).
/// Returns the file's path.
///
/// # Errors
/// There are no expectations, or the file cannot be written.
pub fn export_grading(folder: impl AsRef<Path>, grading: &Grading) -> Result<PathBuf, LoadError> {
    let path = folder.as_ref().join(FILE);
    let Grading { expectations, execution_metrics, timing } = grading;
    let total = expectations.len();
    if total == 0 {
        let rule = "there are no expectations, so there is no pass rate: add them with `Grading::expectation`";
        return Err(Fault::new(LoadErrorKind::Missing, rule).of(&path));
    }
    let passed = expectations.iter().filter(|expectation| expectation.passed).count();
    #[expect(clippy::cast_precision_loss, reason = "no eval has 2^52 expectations")]
    let pass_rate = passed as f64 / total as f64;
    let summary = Summary { passed, failed: total - passed, total, pass_rate };
    let file = File { expectations, summary, execution_metrics, timing };
    let text = serde_json::to_string_pretty(&file).unwrap_or_default();
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, text + "\n"));
    written
        .map_err(|error| Fault::new(LoadErrorKind::NotWritable, format!("it cannot be written: {error}")).of(&path))?;
    Ok(path)
}
