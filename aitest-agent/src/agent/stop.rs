use std::fmt;
use std::time::Duration;

use crate::provider::{ChatReply, Finish, ProviderError, ProviderErrorKind};

/// Why an agent ended without an answer. All of it is the subject's doing, so the iteration counts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// No answer within `max_turns`.
    MaxTurns {
        /// The limit.
        limit: u32,
    },
    /// The model refused.
    Refused {
        /// What it said.
        message: String,
    },
    /// The provider's content filter stopped the conversation.
    ContentFilter {
        /// What the provider said.
        message: String,
    },
    /// The conversation grew longer than the model can read.
    ContextLength {
        /// What the provider said.
        message: String,
    },
    /// The answer was cut at the limit of output tokens.
    OutputLimit,
    /// Calls of one tool failed more often in a row than `retries` allows.
    ToolFailures {
        /// The tool.
        tool: String,
        /// Turns in a row with a failed call of it.
        failures: u32,
        /// Why the last call failed.
        message: String,
    },
    /// The agent asked back instead of doing the task, and
    /// [`ClarificationDetection::error`](crate::ClarificationDetection::error) was on.
    AskedForClarification {
        /// What it said.
        message: String,
    },
    /// The agent's own time limit.
    TimeLimit {
        /// The limit, in working time.
        limit: Duration,
    },
}

impl StopReason {
    /// The reason, if `error` is the subject's doing.
    pub(crate) fn of_error(error: &ProviderError) -> Option<Self> {
        let message = error.to_string();
        match error.kind() {
            ProviderErrorKind::ContentFilter => Some(StopReason::ContentFilter { message }),
            ProviderErrorKind::ContextLength => Some(StopReason::ContextLength { message }),
            _ => None,
        }
    }

    /// The reason, if `reply` ends the run without an answer.
    pub(crate) fn of_reply(reply: &ChatReply) -> Option<Self> {
        if let Some(message) = &reply.refusal {
            return Some(StopReason::Refused { message: message.clone() });
        }
        let message = || format!("finish reason `{}`", reply.finish_reason.as_deref().unwrap_or_default());
        match reply.finish() {
            Finish::Filtered => Some(StopReason::ContentFilter { message: message() }),
            Finish::ContextLength => Some(StopReason::ContextLength { message: message() }),
            Finish::OutputLimit if reply.message.tool_calls.is_empty() => Some(StopReason::OutputLimit),
            Finish::OutputLimit | Finish::Done | Finish::Paused => None,
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StopReason::MaxTurns { limit } => write!(f, "no answer after {limit} turns (max_turns)"),
            StopReason::Refused { message } => write!(f, "the model refused: {message}"),
            StopReason::ContentFilter { message } => write!(f, "the content filter stopped it: {message}"),
            StopReason::ContextLength { message } => write!(f, "the conversation is too long: {message}"),
            StopReason::OutputLimit => {
                f.write_str("the answer was cut at the limit of output tokens (raise it with `Provider::max_tokens`)")
            }
            StopReason::ToolFailures { tool, failures, message } => {
                write!(f, "calls of `{tool}` failed in {failures} turns in a row (retries): {message}")
            }
            StopReason::AskedForClarification { message } => {
                write!(f, "the agent asked for clarification instead of doing the task: {message}")
            }
            StopReason::TimeLimit { limit } => {
                write!(f, "no answer within the agent's time limit of {} s", limit.as_secs_f64())
            }
        }
    }
}
