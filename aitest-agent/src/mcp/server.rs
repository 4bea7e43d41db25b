use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aitest_runtime::host;

use super::start::start;
use super::wait::Wait;
use crate::agent::{Agent, AgentError, ToolServer, ToolSession};
use crate::provider::BoxFuture;

/// How to start an MCP server. Plain data, cheap to clone: every run of an agent starts a server of its own, and the
/// server is gone when the run is over.
///
/// ```
/// # use aitest_agent as aitest;
/// use aitest::{McpServer, Wait};
///
/// let bank = McpServer::stdio("banking-mcp").args(["--accounts", "2"]).env("BANK_TOKEN", "t-123456");
/// let slow = McpServer::stdio("npx").args(["-y", "some-server"]).wait(Wait::for_tools(["search"]));
/// ```
#[derive(Clone, Debug)]
pub struct McpServer {
    config: Arc<Config>,
}

#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) command: String,
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, Secretive)>,
    pub(crate) cwd: Option<PathBuf>,
    pub(crate) name: String,
    pub(crate) wait: Wait,
}

/// A value that may be a secret.
#[derive(Clone)]
pub(crate) struct Secretive(pub(crate) String);

impl std::fmt::Debug for Secretive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("_")
    }
}

impl McpServer {
    /// A server that speaks MCP on its standard input and output.
    ///
    /// A `command` without a path separator is looked up as a binary that Cargo built for this test
    /// (`NEXTEST_BIN_EXE_<command>`, `CARGO_BIN_EXE_<command>`), then on `PATH`.
    pub fn stdio(command: impl Into<String>) -> Self {
        let command = command.into();
        let stem = Path::new(&command).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let name = stem.unwrap_or_else(|| command.clone());
        let (args, env) = (Vec::new(), Vec::new());
        McpServer { config: Arc::new(Config { command, args, env, cwd: None, name, wait: Wait::default() }) }
    }

    /// Adds arguments of the command.
    #[must_use]
    pub fn args<T: Into<String>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        self.config_mut().args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets an environment variable of the server, which inherits all others. The value of one named `*KEY`, `*TOKEN`,
    /// `*SECRET` or `*PASSWORD` is replaced wherever it would appear in a record.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.config_mut().env.push((name.into(), Secretive(value.into())));
        self
    }

    /// The folder that the server runs in; the test's by default.
    #[must_use]
    pub fn cwd(mut self, folder: impl Into<PathBuf>) -> Self {
        self.config_mut().cwd = Some(folder.into());
        self
    }

    /// The name in reports and errors; the command's file name by default.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.config_mut().name = name.into();
        self
    }

    /// When the server counts as started; [`Wait::ready`] by default.
    #[must_use]
    pub fn wait(mut self, wait: Wait) -> Self {
        self.config_mut().wait = wait;
        self
    }

    /// How long the start may take; 30 s by default.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        let config = self.config_mut();
        config.wait = config.wait.clone().timeout(limit);
        self
    }

    fn config_mut(&mut self) -> &mut Config {
        Arc::make_mut(&mut self.config)
    }
}

impl ToolServer for McpServer {
    fn start(&self) -> BoxFuture<'_, Result<Box<dyn ToolSession>, AgentError>> {
        Box::pin(async {
            for (name, value) in &self.config.env {
                if is_secret(name) {
                    host::secret(name, &value.0);
                }
            }
            match start(&self.config).await {
                Ok(session) => Ok(Box::new(session) as Box<dyn ToolSession>),
                Err(error) => Err(error.of_server(&self.config.name)),
            }
        })
    }
}

fn is_secret(variable: &str) -> bool {
    let variable = variable.to_ascii_uppercase();
    ["KEY", "TOKEN", "SECRET", "PASSWORD"].iter().any(|end| variable.ends_with(end))
}

impl Agent {
    /// Adds the tools of `server`.
    #[must_use]
    pub fn mcp_server(mut self, server: McpServer) -> Self {
        self.servers.push(Arc::new(server));
        self
    }

    /// Adds the tools of all `servers`.
    #[must_use]
    pub fn mcp_servers(self, servers: impl IntoIterator<Item = McpServer>) -> Self {
        servers.into_iter().fold(self, Agent::mcp_server)
    }
}
