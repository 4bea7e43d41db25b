use aitest_runtime::host::{Cost, TokenUsage};

use crate::provider::Provider;

/// Watches for answers that ask back instead of doing the task: "Shall I transfer the money?". A model judges each
/// answer that ends a run; its tokens and cost are booked as a judge's, not as the agent's.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # async fn test() -> Result<(), aitest::AgentError> {
/// use aitest::{Agent, ClarificationDetection};
///
/// let agent = Agent::new("openai/gpt-5-mini")
///     .detect_clarification(ClarificationDetection::info().model("openai/gpt-5-nano"));
/// let result = agent.run("Transfer $100 to savings.").await?;
/// assert_eq!(result.asked_for_clarification(), Some(false));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClarificationDetection {
    pub(crate) level: Level,
    pub(crate) model: Option<Provider>,
}

/// What asking back does beside being counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Nothing.
    Info,
    /// A warning stands in the report.
    Warning,
    /// The run has no success.
    Error,
}

impl ClarificationDetection {
    /// Asking back is counted, and noted in the transcript.
    pub fn info() -> Self {
        ClarificationDetection { level: Level::Info, model: None }
    }

    /// Asking back is also a warning in the report, once for each agent.
    pub fn warning() -> Self {
        ClarificationDetection { level: Level::Warning, model: None }
    }

    /// A run that asks back ends without success, by
    /// [`StopReason::AskedForClarification`](crate::StopReason::AskedForClarification).
    pub fn error() -> Self {
        ClarificationDetection { level: Level::Error, model: None }
    }

    /// The model that judges; that of `AITEST_LLM_MODEL` by default. Without either the run is an error.
    #[must_use]
    pub fn model(mut self, model: impl Into<Provider>) -> Self {
        self.model = Some(model.into());
        self
    }
}

/// What [`ClarificationDetection`] found in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClarificationStats {
    /// Answers that asked back. A run has one answer at most.
    pub count: usize,
    /// Their places in [`AgentResult::turns`](crate::AgentResult::turns), from 0.
    pub turns: Vec<usize>,
    /// Their texts.
    pub examples: Vec<String>,
    /// The model that judged, as `provider/model`.
    pub model: String,
    /// Tokens of the judge, as far as they were reported.
    pub token_usage: TokenUsage,
    /// Cost of the judge; `None` when its price or usage is unknown.
    pub cost: Option<Cost>,
}
