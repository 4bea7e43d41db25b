use std::time::Duration;

use regex_lite::Regex;
use rmcp::model::{ClientCapabilities, ClientConfig, Implementation, Tool};
use rmcp::service::{ClientInitializeError, RoleClient, RunningService, ServiceError, serve_client};
use rmcp::transport::async_rw::AsyncRwTransport;
use tokio::time::{Instant, timeout_at};

use super::command::{command, not_spawned};
use super::first_output::{FirstOutput, Kept};
use super::server::Config;
use super::session::McpSession;
use super::stderr::StderrTail;
use super::wait::Condition;
use super::{McpError, McpErrorKind};
use crate::child::{self, ChildProcess, Stdout};
use crate::provider::ToolDefinition;

/// A running MCP client.
pub(crate) type Client = RunningService<RoleClient, ClientConfig>;

/// The longest message that a server may send.
const LONGEST_MESSAGE: usize = 256 * 1024 * 1024;
/// How often tools that are not there yet are asked for.
const TOOLS_POLL: Duration = Duration::from_millis(100);
/// How long a server that closed its output may take to end.
const STATUS_BOUND: Duration = Duration::from_millis(200);

/// Starts a server: process, handshake, tools, condition; all within one time limit.
pub(crate) async fn start(config: &Config) -> Result<McpSession, McpError> {
    let deadline = Instant::now() + config.wait.timeout;
    let pattern = match &config.wait.condition {
        Condition::Log(pattern) => Some(parse_pattern(pattern)?),
        Condition::Ready | Condition::Tools(_) => None,
    };
    let command = command(config)?;
    let spawned = child::spawn(command).await.map_err(|error| not_spawned(&config.command, &error))?;
    let (child, stdout, stderr) = spawned;
    let stderr = StderrTail::read(stderr, pattern);
    let starting = Starting { config, deadline, child, stderr };
    match starting.handshake(stdout).await {
        Ok((client, tools)) => Ok(McpSession::new(config.name.clone(), tools, client, starting.child, starting.stderr)),
        Err(error) => Err(starting.explain(error).await),
    }
}

fn parse_pattern(pattern: &str) -> Result<Regex, McpError> {
    Regex::new(pattern).map_err(|error| {
        McpError::new(
            McpErrorKind::InvalidPattern,
            format!("Wait::for_log: `{pattern}` is no regular expression: {error}"),
        )
    })
}

struct Starting<'a> {
    config: &'a Config,
    deadline: Instant,
    child: ChildProcess,
    stderr: StderrTail,
}

impl Starting<'_> {
    async fn handshake(&self, stdout: Stdout) -> Result<(Client, Vec<ToolDefinition>), McpError> {
        let (stdout, first_output) = FirstOutput::of(stdout);
        let transport = AsyncRwTransport::new_client(stdout, self.child.stdin()).with_max_line_length(LONGEST_MESSAGE);
        let about_us = Implementation::new("aitest", env!("CARGO_PKG_VERSION"));
        let config = ClientConfig::new(ClientCapabilities::default(), about_us);
        let client = match timeout_at(self.deadline, serve_client(config, transport)).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => return Err(self.refused(&error, &first_output).await),
            Err(_) => return Err(self.too_slow("did not answer `initialize`", &first_output.junk())),
        };
        let tools = self.tools(&client).await?;
        self.logged().await?;
        Ok((client, tools.into_iter().map(definition).collect()))
    }

    /// Waits for the line that is waited for, if one is.
    async fn logged(&self) -> Result<(), McpError> {
        let Condition::Log(pattern) = &self.config.wait.condition else { return Ok(()) };
        match timeout_at(self.deadline, self.stderr.matched()).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                let status = self.child.exit_status(STATUS_BOUND).await;
                Err(McpError::ended(status, &format!("before its standard error matched `{pattern}`")))
            }
            Err(_) => {
                let what = format!("wrote no line to its standard error that matches `{pattern}`");
                Err(self.too_slow(&what, ""))
            }
        }
    }

    /// The tools, as soon as all that are waited for are there.
    async fn tools(&self, client: &Client) -> Result<Vec<Tool>, McpError> {
        let mut listed = Vec::new();
        loop {
            match timeout_at(self.deadline, client.list_all_tools()).await {
                Ok(Ok(tools)) => listed = tools,
                Ok(Err(error)) => return Err(self.not_listed(&error).await),
                Err(_) => {}
            }
            let missing = self.missing(&listed);
            match missing {
                None if Instant::now() < self.deadline => return Ok(listed),
                None => return Err(self.too_slow("did not answer `tools/list`", "")),
                Some(missing) if Instant::now() >= self.deadline => {
                    let names = listed.iter().map(|tool| tool.name.as_ref()).collect::<Vec<_>>().join(", ");
                    return Err(self.too_slow(&format!("did not offer `{missing}`"), &format!("; it offers: {names}")));
                }
                Some(_) => tokio::time::sleep_until(self.deadline.min(Instant::now() + TOOLS_POLL)).await,
            }
        }
    }

    fn missing(&self, listed: &[Tool]) -> Option<&str> {
        let Condition::Tools(wanted) = &self.config.wait.condition else { return None };
        wanted.iter().map(String::as_str).find(|name| !listed.iter().any(|tool| tool.name == *name))
    }

    async fn not_listed(&self, error: &ServiceError) -> McpError {
        match error {
            ServiceError::McpError(error) => {
                let message =
                    format!("the server answered `tools/list` with an error: {} ({})", error.message, error.code.0);
                McpError::new(McpErrorKind::Protocol, message)
            }
            ServiceError::UnexpectedResponse => {
                McpError::new(McpErrorKind::Protocol, "the server's answer to `tools/list` is no list of tools")
            }
            _ => McpError::ended(self.child.exit_status(STATUS_BOUND).await, "before it listed its tools"),
        }
    }

    async fn refused(&self, error: &ClientInitializeError, first_output: &Kept) -> McpError {
        let junk = first_output.junk();
        match error {
            ClientInitializeError::ConnectionClosed(_) | ClientInitializeError::TransportError { .. } => {
                let when = format!("before it was ready{junk}");
                McpError::ended(self.child.exit_status(STATUS_BOUND).await, &when)
            }
            ClientInitializeError::JsonRpcError(error) => {
                let message = format!("the server refused `initialize`: {} ({}){junk}", error.message, error.code.0);
                McpError::new(McpErrorKind::Protocol, message)
            }
            error => McpError::new(McpErrorKind::Protocol, format!("no MCP handshake: {error}{junk}")),
        }
    }

    fn too_slow(&self, what: &str, more: &str) -> McpError {
        let limit = self.config.wait.timeout.as_secs_f64();
        McpError::new(McpErrorKind::TimedOut, format!("the server {what} within {limit} s{more}"))
    }

    /// The error with what the server wrote, which is complete once the server is gone.
    async fn explain(self, error: McpError) -> McpError {
        self.child.end().await;
        let stderr = self.stderr.last_text().await;
        error.with_stderr(&stderr)
    }
}

fn definition(tool: Tool) -> ToolDefinition {
    ToolDefinition {
        name: tool.name.into_owned(),
        description: tool.description.map(std::borrow::Cow::into_owned).unwrap_or_default(),
        schema: tool.input_schema,
    }
}
