use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aitest_runtime::host;

use super::attached::Attached;
use super::session::McpSession;
use super::shared::shared;
use super::start::start;
use super::wait::Wait;
use super::{McpError, McpErrorKind};
use crate::agent::{Agent, AgentError, ToolServer, ToolSession};
use crate::cassette;
use crate::provider::BoxFuture;
use crate::secretive::{Secretive, is_secret};

/// How to start or reach an MCP server. Plain data, cheap to clone: every run of an agent starts a server of its own,
/// or a session of its own with a server that runs already, and it is gone when the run is over.
///
/// ```
/// # use aitest_agent as aitest;
/// use aitest::{McpServer, Wait};
///
/// let bank = McpServer::stdio("banking-mcp").args(["--accounts", "2"]).env("BANK_TOKEN", "t-123456");
/// let remote = McpServer::http("https://mcp.example.com/mcp").header("authorization", "Bearer ${BANK_TOKEN}");
/// let slow = McpServer::stdio("npx").args(["-y", "some-server"]).wait(Wait::for_tools(["search"]));
/// ```
#[derive(Clone, Debug)]
pub struct McpServer {
    pub(crate) config: Arc<Config>,
}

/// What was said of a server. Options of another transport are an error at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) transport: Transport,
    /// The command, or the address.
    pub(crate) target: String,
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, Secretive)>,
    pub(crate) cwd: Option<PathBuf>,
    pub(crate) headers: Vec<(String, Secretive)>,
    pub(crate) name: String,
    pub(crate) wait: Wait,
    /// One server for the whole process.
    pub(crate) shared: bool,
    /// Its answers are part of the cassette.
    pub(crate) recorded: bool,
}

/// How messages reach a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Stdio,
    Http,
    Sse,
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
        McpServer::new(Transport::Stdio, command, name)
    }

    /// A server that runs already and speaks streamable HTTP at `url`.
    ///
    /// Redirects are followed within the same scheme, host and port alone, so that headers are sent nowhere else. A
    /// session that the server forgot (404) is begun again once; a stream that broke off is resumed.
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// use aitest::McpServer;
    ///
    /// let bank = McpServer::http("https://mcp.example.com/mcp").header("authorization", "Bearer ${BANK_TOKEN}");
    /// ```
    pub fn http(url: impl Into<String>) -> Self {
        McpServer::remote(Transport::Http, url.into())
    }

    /// A server that runs already and speaks HTTP+SSE of 2024-11-05: `url` is the address of its stream. Newer servers
    /// speak [`McpServer::http`].
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// use aitest::McpServer;
    ///
    /// let old = McpServer::sse("http://127.0.0.1:3001/sse");
    /// ```
    pub fn sse(url: impl Into<String>) -> Self {
        McpServer::remote(Transport::Sse, url.into())
    }

    fn remote(transport: Transport, url: String) -> Self {
        let host = reqwest::Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let name = host.unwrap_or_else(|| url.clone());
        McpServer::new(transport, url, name)
    }

    fn new(transport: Transport, target: String, name: String) -> Self {
        let (args, env, headers, wait) = (Vec::new(), Vec::new(), Vec::new(), Wait::default());
        let (cwd, shared, recorded) = (None, false, false);
        McpServer {
            config: Arc::new(Config { transport, target, args, env, cwd, headers, name, wait, shared, recorded }),
        }
    }

    /// Adds a header that is sent with every request to a server over HTTP. In `value`, `${VAR}` and `${VAR:-default}`
    /// are read from the environment when the server is started; a variable that is not set and has no default is the
    /// run's error. The value of `Authorization`, `Cookie`, and of a header or variable named `*KEY`, `*TOKEN`,
    /// `*SECRET` or `*PASSWORD` is replaced wherever it would appear in a record.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.config_mut().headers.push((name.into(), Secretive(value.into())));
        self
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

    /// The name in reports and errors; the command's file name or the host by default.
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

    /// One server for the whole process instead of one for each run.
    ///
    /// It is started when it is first needed, and ended when the process exits. Runs, iterations and tests of one
    /// process share it, and so its state: what one iteration changes the next one finds. Two servers are the same when
    /// everything said of them is the same. One that died is started again for the next run. nextest runs each test in
    /// a process of its own, with a server of its own.
    ///
    /// Log messages of a shared server stand in the record of the run that next looks, whichever caused them.
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// use aitest::McpServer;
    ///
    /// let search = McpServer::stdio("slow-index-mcp").shared();
    /// ```
    #[must_use]
    pub fn shared(mut self) -> Self {
        self.config_mut().shared = true;
        self
    }

    /// A started server: a new one, or the process's.
    pub(crate) async fn session(&self) -> Result<Arc<McpSession>, AgentError> {
        for (name, value) in &self.config.env {
            if is_secret(name) {
                host::secret(name, &value.0);
            }
        }
        let started = match self.config.misused() {
            Some(error) => Err(error),
            None if self.config.shared => shared(&self.config).await,
            None => start(&self.config).await.map(Arc::new),
        };
        started.map_err(|error| error.of_server(&self.config.name))
    }

    /// A run's hold on a started server.
    pub(crate) async fn open(&self) -> Result<Box<dyn ToolSession>, AgentError> {
        let session = self.session().await?;
        Ok(Box::new(Attached::new(session)) as Box<dyn ToolSession>)
    }

    pub(crate) fn config_mut(&mut self) -> &mut Config {
        Arc::make_mut(&mut self.config)
    }
}

impl ToolServer for McpServer {
    fn start(&self) -> BoxFuture<'_, Result<Box<dyn ToolSession>, AgentError>> {
        Box::pin(cassette::open(self))
    }
}

impl Config {
    /// An option that this kind of server does not have.
    fn misused(&self) -> Option<McpError> {
        let of_process = [("args", !self.args.is_empty()), ("env", !self.env.is_empty()), ("cwd", self.cwd.is_some())];
        let option = match self.transport {
            Transport::Stdio => (!self.headers.is_empty()).then_some("header"),
            Transport::Http | Transport::Sse => of_process.iter().find(|(_, is_set)| *is_set).map(|(name, _)| *name),
        };
        let (mine, other) = match self.transport {
            Transport::Stdio => ("over stdio", "over HTTP"),
            Transport::Http | Transport::Sse => ("over HTTP", "over stdio"),
        };
        let message = format!("`{}` is for servers {other}, and this one is {mine}", option?);
        Some(McpError::new(McpErrorKind::Configuration, message))
    }
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
