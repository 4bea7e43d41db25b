use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aitest_runtime::host;
use serde_json::{Map, Value, json};

use super::help::help;
use super::program::Program;
use super::session::{ARGS, CliSession};
use super::{CliError, Shell};
use crate::agent::{Agent, AgentError, ToolServer, ToolSession};
use crate::provider::{BoxFuture, ToolDefinition};
use crate::secretive::{Secretive, is_secret};

const TIMEOUT: Duration = Duration::from_secs(30);
/// What providers accept, less `_execute`.
const LONGEST_PREFIX: usize = 56;

/// A command-line program as a tool. Plain data, cheap to clone.
///
/// The model gets one tool, `{prefix}_execute`, with one argument, `args`: what follows the command on a command line.
/// A shell reads it, so quotes, pipes, redirections and `;` have their meaning, **and the model can run whatever the
/// shell can**: give it a folder of its own, and a container if you do not trust it. The command itself is found
/// before, is one word of the line, and is not interpreted.
///
/// The result is JSON, `{"exit_code":0,"stdout":"…","stderr":"…"}`. An exit code other than 0 is no failed call. A
/// process that a signal ended has 128 and the signal's number, as in shells. Of each output at most 16 KiB of the
/// beginning and 16 KiB of the end are shown, with the number of bytes that are cut; bytes that are not UTF-8 become
/// `U+FFFD`. There is no input: what reads it finds its end.
///
/// What a call leaves in the background runs on until the agent's run or session is over, and is gone then, whatever
/// ends the test. On Unix that is the call's process group, without what left it by `setsid`; on Windows what is in
/// the background stays.
///
/// ```
/// # use aitest_agent as aitest;
/// use std::time::Duration;
///
/// use aitest::{CliServer, Shell};
///
/// let bank = CliServer::new("bank-cli").tool_prefix("bank").env("BANK_TOKEN", "t-123456");
/// let git = CliServer::new("git").shell(Shell::Sh).cwd("fixtures/repository").timeout(Duration::from_secs(5));
/// ```
#[derive(Clone, Debug)]
pub struct CliServer {
    config: Arc<Config>,
}

/// What was said of a program.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) command: String,
    pub(crate) name: String,
    pub(crate) prefix: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) shell: Shell,
    pub(crate) cwd: Option<PathBuf>,
    pub(crate) env: Vec<(String, Secretive)>,
    pub(crate) timeout: Duration,
    pub(crate) discover_help: bool,
    pub(crate) help_flag: String,
}

impl CliServer {
    /// The program `command`.
    ///
    /// A `command` without a path separator is looked up as a binary that Cargo built for this test
    /// (`NEXTEST_BIN_EXE_<command>`, `CARGO_BIN_EXE_<command>`), then on `PATH`. One that is not found is the run's
    /// error. It is a program, not a line: arguments that every call has belong into a script.
    pub fn new(command: impl Into<String>) -> Self {
        let command = command.into();
        let file = Path::new(&command).file_name().map_or_else(|| command.clone(), |file| file.display().to_string());
        let name = file.strip_suffix(".exe").unwrap_or(&file).to_owned();
        let config = Config {
            command,
            name,
            prefix: None,
            description: None,
            shell: Shell::default(),
            cwd: None,
            env: Vec::new(),
            timeout: TIMEOUT,
            discover_help: false,
            help_flag: "--help".to_owned(),
        };
        CliServer { config: Arc::new(config) }
    }

    /// The name in reports and errors; the command's file name by default.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.config_mut().name = name.into();
        self
    }

    /// The tool is `{prefix}_execute`; the name by default. Characters that providers do not accept in names of tools
    /// become `_`, and it is cut after 56 characters.
    #[must_use]
    pub fn tool_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.config_mut().prefix = Some(prefix.into());
        self
    }

    /// What the model is told of the tool, instead of the one sentence that it is told by default.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.config_mut().description = Some(text.into());
        self
    }

    /// The shell that reads the arguments; bash by default, and PowerShell on Windows.
    #[must_use]
    pub fn shell(mut self, shell: Shell) -> Self {
        self.config_mut().shell = shell;
        self
    }

    /// The folder that the program runs in; the test's by default.
    #[must_use]
    pub fn cwd(mut self, folder: impl Into<PathBuf>) -> Self {
        self.config_mut().cwd = Some(folder.into());
        self
    }

    /// Sets an environment variable of the program, which inherits all others. The value of one named `*KEY`,
    /// `*TOKEN`, `*SECRET` or `*PASSWORD` is replaced wherever it would appear in a record. The program, but not its
    /// shell, is looked up on a `PATH` set here.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.config_mut().env.push((name.into(), Secretive(value.into())));
        self
    }

    /// How long one call may take; 30 s by default. Then the shell and all that it started is asked to end
    /// (`TERM`; not on Windows), and killed if it does not. The call has failed, and its result says so and what was
    /// written until then.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.config_mut().timeout = limit;
        self
    }

    /// Whether the program is asked for its help before the run, and the model told; `false` by default, since whether
    /// a model asks by itself may be what is tested. At most 2,000 characters are added to the tool's description. A
    /// program without help is the run's error.
    #[must_use]
    pub fn discover_help(mut self, discover: bool) -> Self {
        self.config_mut().discover_help = discover;
        self
    }

    /// What [`discover_help`](CliServer::discover_help) calls the program with; `--help` by default.
    #[must_use]
    pub fn help_flag(mut self, flag: impl Into<String>) -> Self {
        self.config_mut().help_flag = flag.into();
        self
    }

    fn config_mut(&mut self) -> &mut Config {
        Arc::make_mut(&mut self.config)
    }
}

impl ToolServer for CliServer {
    fn start(&self) -> BoxFuture<'_, Result<Box<dyn ToolSession>, AgentError>> {
        Box::pin(async {
            match self.config.session().await {
                Ok(session) => Ok(Box::new(session) as Box<dyn ToolSession>),
                Err(error) => Err(error.of_server(&self.config.name)),
            }
        })
    }
}

impl Config {
    async fn session(&self) -> Result<CliSession, CliError> {
        for (name, value) in self.env.iter().filter(|(name, _)| is_secret(name)) {
            host::secret(name, &value.0);
        }
        let program = Program::find(self)?;
        let mut tool = self.tool();
        if self.discover_help {
            tool.description += &help(&program, &self.command, &self.help_flag).await?;
        }
        Ok(CliSession::new(self.name.clone(), tool, program))
    }

    fn tool(&self) -> ToolDefinition {
        let command = &self.command;
        let default = || format!("Runs the program `{command}`. Returns JSON with exit_code, stdout and stderr.");
        let args = format!("What follows `{command}` on a command line of {}.", self.shell.name());
        let schema = json!({
            "type": "object",
            "properties": { ARGS: { "type": "string", "description": args } },
            "required": [ARGS],
            "additionalProperties": false,
        });
        ToolDefinition {
            name: format!("{}_execute", prefix(self.prefix.as_ref().unwrap_or(&self.name))),
            description: self.description.clone().unwrap_or_else(default),
            schema: Arc::new(object(schema)),
        }
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn prefix(text: &str) -> String {
    let accepted = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    text.chars().take(LONGEST_PREFIX).map(accepted).collect()
}

impl Agent {
    /// Adds the tool of `server`.
    #[must_use]
    pub fn cli_server(mut self, server: CliServer) -> Self {
        self.servers.push(Arc::new(server));
        self
    }

    /// Adds the tools of all `servers`.
    #[must_use]
    pub fn cli_servers(self, servers: impl IntoIterator<Item = CliServer>) -> Self {
        servers.into_iter().fold(self, Agent::cli_server)
    }
}
