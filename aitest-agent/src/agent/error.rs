use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use aitest_runtime::host::FailureKind;

use crate::provider::ProviderError;

/// Why an agent could not do its work: the infrastructure. What a model does wrong is no error but an
/// [`AgentResult`](super::AgentResult) without success.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AgentError {
    /// The model cannot be asked, or did not answer.
    Provider(ProviderError),
    /// A tool server did not start, or died.
    ToolServer {
        /// The server's name.
        server: String,
        /// Whether another attempt may go better.
        transient: bool,
        /// What happened: an `McpError` of an MCP server.
        error: Arc<dyn StdError + Send + Sync>,
    },
    /// `allowed_tools` names a tool that no server offers.
    UnknownAllowedTool {
        /// The tool.
        tool: String,
        /// What the servers offer.
        offered: Vec<String>,
    },
    /// The model that judges cannot be asked, or did not answer.
    Judge {
        /// What happened.
        error: ProviderError,
    },
    /// The model that judges said neither yes nor no.
    UnreadableJudge {
        /// The model, as `provider/model`.
        model: String,
        /// What it said.
        said: String,
    },
    /// No model is named that judges.
    NoJudge,
    /// The run was awaited outside a tokio runtime.
    NoRuntime,
}

impl AgentError {
    /// Whether another attempt may go better.
    pub fn is_transient(&self) -> bool {
        match self {
            AgentError::Provider(error) | AgentError::Judge { error } => error.is_transient(),
            AgentError::UnreadableJudge { .. } => true,
            AgentError::ToolServer { transient, .. } => *transient,
            _ => false,
        }
    }

    pub(crate) fn failure_kind(&self) -> FailureKind {
        match self {
            AgentError::Provider(_) => FailureKind::Provider,
            AgentError::ToolServer { .. } | AgentError::UnknownAllowedTool { .. } => FailureKind::Tool,
            AgentError::Judge { .. } | AgentError::UnreadableJudge { .. } | AgentError::NoJudge => FailureKind::Judge,
            AgentError::NoRuntime => FailureKind::Other,
        }
    }
}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AgentError::Provider(error) => error.fmt(f),
            AgentError::ToolServer { server, error, .. } => write!(f, "tool server `{server}`: {error}"),
            AgentError::UnknownAllowedTool { tool, offered } if offered.is_empty() => {
                write!(f, "allowed_tools names `{tool}`, but no server offers any tool")
            }
            AgentError::UnknownAllowedTool { tool, offered } => {
                write!(f, "allowed_tools names `{tool}`, which no server offers; offered are: {}", offered.join(", "))
            }
            AgentError::Judge { error } => write!(f, "clarification detection: {error}"),
            AgentError::UnreadableJudge { model, said } => write!(
                f,
                "clarification detection: `{model}` was to say yes or no, and said {said:?}; name another model with \
                 `ClarificationDetection::model`"
            ),
            AgentError::NoJudge => f.write_str(
                "clarification detection needs a model that judges: name it with `ClarificationDetection::model`, or \
                 set AITEST_LLM_MODEL",
            ),
            AgentError::NoRuntime => f.write_str(
                "an agent runs inside a tokio runtime with IO and time: write the test as `async fn`, or use `block_on`",
            ),
        }
    }
}

impl StdError for AgentError {
    /// The cause of what the message says.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            AgentError::Provider(error) | AgentError::Judge { error } => error.source(),
            AgentError::ToolServer { error, .. } => error.source(),
            _ => None,
        }
    }
}

impl From<ProviderError> for AgentError {
    fn from(error: ProviderError) -> Self {
        AgentError::Provider(error)
    }
}
