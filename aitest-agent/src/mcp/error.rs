use std::error::Error as StdError;
use std::fmt;
use std::process::ExitStatus;
use std::sync::Arc;

use aitest_runtime::host;

use crate::agent::AgentError;

/// Lines of standard error in a message.
const SHOWN_LINES: usize = 20;

/// Why an MCP server cannot be used. The message ends with what the server last wrote to its standard error. Secrets
/// are replaced in it.
#[derive(Clone, Debug)]
pub struct McpError {
    kind: McpErrorKind,
    message: String,
    stderr: String,
}

/// What kind of failure an [`McpError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum McpErrorKind {
    /// There is no such command.
    CommandNotFound,
    /// The command cannot be started: not executable, no such folder.
    NotStarted,
    /// What the test said of the server cannot be: an address that is none, a variable that is not set, an option of
    /// another kind of server.
    Configuration,
    /// Nobody answers at the address, or answers that it cannot now: 429, 5xx.
    Unreachable,
    /// The server wants other credentials: 401, 403.
    Unauthorized,
    /// `Wait::for_log` was given no regular expression.
    InvalidPattern,
    /// The server ended, or closed its standard output.
    Ended,
    /// The server refused, or answered something else than MCP.
    Protocol,
    /// The server was not ready in time.
    TimedOut,
}

impl McpError {
    pub(crate) fn new(kind: McpErrorKind, message: impl AsRef<str>) -> Self {
        McpError { kind, message: host::redact(message.as_ref()), stderr: String::new() }
    }

    pub(crate) fn with_stderr(mut self, stderr: &str) -> Self {
        self.stderr = host::redact(stderr.trim_end());
        self
    }

    /// `when` says what was going on: "before it was ready".
    pub(crate) fn ended(status: Option<ExitStatus>, when: &str) -> Self {
        let message = match status {
            Some(status) => format!("the server ended {when} ({status})"),
            None => format!("the server closed its standard output {when}"),
        };
        McpError::new(McpErrorKind::Ended, message)
    }

    /// The kind of failure.
    pub fn kind(&self) -> McpErrorKind {
        self.kind
    }

    /// The last 64 KiB of the server's standard error.
    pub fn stderr(&self) -> &str {
        &self.stderr
    }

    /// Whether another attempt may go better.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, McpErrorKind::Ended | McpErrorKind::TimedOut | McpErrorKind::Unreachable)
    }

    pub(crate) fn of_server(self, server: &str) -> AgentError {
        AgentError::ToolServer { server: server.to_owned(), transient: self.is_transient(), error: Arc::new(self) }
    }
}

impl fmt::Display for McpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.stderr.is_empty() {
            return Ok(());
        }
        let lines = self.stderr.lines().count();
        let skipped = lines.saturating_sub(SHOWN_LINES);
        f.write_str("\n  its standard error")?;
        if skipped > 0 {
            write!(f, " (last {SHOWN_LINES} of {lines} lines)")?;
        }
        f.write_str(":")?;
        self.stderr.lines().skip(skipped).try_for_each(|line| write!(f, "\n  | {line}"))
    }
}

impl StdError for McpError {}
