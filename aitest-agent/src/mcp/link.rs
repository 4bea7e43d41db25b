use std::time::Duration;

use super::first_output::Kept;
use super::http::Trouble;
use super::stderr::StderrTail;
use super::{McpError, McpErrorKind};
use crate::child::ChildProcess;

/// How long a server that closed its output may take to end.
const STATUS_BOUND: Duration = Duration::from_millis(500);

/// What is behind a client, and can say why the client lost it.
pub(crate) enum Link {
    /// A process of ours: gone when this is.
    Process { child: ChildProcess, stderr: StderrTail, first_output: Kept },
    /// A server that somebody else started.
    Http(Trouble),
}

impl Link {
    /// Why there is no answer any more. `when` says what was going on: "before it was ready".
    pub(crate) async fn lost(&self, when: &str) -> McpError {
        match self {
            Link::Process { child, .. } => McpError::ended(child.exit_status(STATUS_BOUND).await, when),
            Link::Http(trouble) => trouble
                .last()
                .unwrap_or_else(|| McpError::new(McpErrorKind::Ended, format!("the server hung up {when}"))),
        }
    }

    /// What a server wrote that is not MCP, as the end of a message.
    pub(crate) fn junk(&self) -> String {
        match self {
            Link::Process { first_output, .. } => first_output.junk(),
            Link::Http(_) => String::new(),
        }
    }

    /// Waits for the line of standard error that is waited for; `false` when there will be none.
    pub(crate) async fn logged(&self) -> bool {
        match self {
            Link::Process { stderr, .. } => stderr.matched().await,
            Link::Http(_) => false,
        }
    }

    /// `error` with what the server last wrote.
    pub(crate) async fn with_stderr(&self, error: McpError) -> McpError {
        match self {
            Link::Process { stderr, .. } => error.with_stderr(&stderr.last_text().await),
            Link::Http(_) => error,
        }
    }

    /// Ends a process of ours, and gives `error` what it wrote, which is complete then.
    pub(crate) async fn end_with(self, error: McpError) -> McpError {
        match self {
            Link::Process { child, stderr, .. } => {
                child.end().await;
                error.with_stderr(&stderr.last_text().await)
            }
            Link::Http(_) => error,
        }
    }
}
