use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use aitest_runtime::host;

use crate::agent::AgentError;

/// Why a command-line program cannot be used. What the program itself reports is no error but its result. Secrets are
/// replaced in the message.
#[derive(Clone, Debug)]
pub struct CliError {
    kind: CliErrorKind,
    message: String,
}

/// What kind of failure a [`CliError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CliErrorKind {
    /// There is no such command, or it is no program.
    CommandNotFound,
    /// The shell is not on `PATH`.
    ShellNotFound,
    /// The program cannot be started: no such folder, no more processes, a path that the shell cannot be given.
    NotStarted,
    /// `discover_help` found no help.
    NoHelp,
}

impl CliError {
    pub(crate) fn new(kind: CliErrorKind, message: impl AsRef<str>) -> Self {
        CliError { kind, message: host::redact(message.as_ref()) }
    }

    /// The kind of failure.
    pub fn kind(&self) -> CliErrorKind {
        self.kind
    }

    pub(crate) fn of_server(self, server: &str) -> AgentError {
        AgentError::ToolServer { server: server.to_owned(), transient: false, error: Arc::new(self) }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for CliError {}
