use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use aitest_runtime::host;
use serde_json::{Map, Value};

use super::McpServer;
use super::expand::{Expanded, expand, of_process};
use crate::secretive::is_secret;

/// Why a file of tool servers cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum McpConfigError {
    /// The file cannot be read.
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is not JSON.
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        error: serde_json::Error,
    },
    /// The file names no servers.
    NoServers {
        /// The file.
        path: PathBuf,
    },
    /// What the file says of a server cannot be.
    Server {
        /// The file.
        path: PathBuf,
        /// The server's name.
        server: String,
        /// The key: `command`, `headers.Authorization`.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl fmt::Display for McpConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            McpConfigError::Read { path, error } => write!(f, "{} cannot be read: {error}", path.display()),
            McpConfigError::Syntax { path, error } => write!(f, "{} is not JSON: {error}", path.display()),
            McpConfigError::NoServers { path } => {
                write!(f, "{} names no servers: there is neither `mcpServers` nor `servers`", path.display())
            }
            McpConfigError::Server { path, server, key, problem } => {
                write!(f, "{}: server `{server}`: `{key}` {problem}", path.display())
            }
        }
    }
}

impl StdError for McpConfigError {}

/// Where a file has its servers.
pub(crate) const KEYS: [&str; 2] = ["mcpServers", "servers"];

/// The servers of a `.mcp.json` (`mcpServers`) or of VS Code's `mcp.json` (`servers`), by name.
///
/// Read are `command`, `args`, `env`, `cwd`; `url`, `headers`; and `type`: `stdio`, `http` or `sse`. In all texts
/// `${VAR}`, `${VAR:-default}`, VS Code's `${env:VAR}` and `${workspaceFolder}` are replaced. A relative `cwd` is
/// taken from the file's folder, or from the one above when that is `.vscode`.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # fn test() -> Result<(), aitest::McpConfigError> {
/// let servers = aitest::load_mcp_config(".mcp.json")?;
/// let agent = aitest::Agent::new("openai/gpt-5-mini").mcp_servers(servers);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The file cannot be read or is no JSON, names no servers, or says what cannot be: the message names file, server and
/// key.
pub fn load_mcp_config(path: impl AsRef<Path>) -> Result<Vec<McpServer>, McpConfigError> {
    let path = path.as_ref();
    let text = fs::read_to_string(path).map_err(|error| McpConfigError::Read { path: path.to_owned(), error })?;
    let file: Value =
        serde_json::from_str(&text).map_err(|error| McpConfigError::Syntax { path: path.to_owned(), error })?;
    let servers = KEYS.iter().find_map(|key| file.get(key)?.as_object());
    servers_in(servers.ok_or_else(|| McpConfigError::NoServers { path: path.to_owned() })?, path)
}

/// The servers that the file `path` has, by name.
pub(crate) fn servers_in(servers: &Map<String, Value>, path: &Path) -> Result<Vec<McpServer>, McpConfigError> {
    let folder = workspace(path);
    let read = servers.iter().map(|(name, entry)| {
        let reader = Reader { name, folder: &folder };
        reader.server(entry).map_err(|Wrong { key, problem }| McpConfigError::Server {
            path: path.to_owned(),
            server: name.clone(),
            key,
            problem,
        })
    });
    read.collect()
}

/// The folder of the project that `path` is about.
fn workspace(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(&path);
    let above = folder.parent().filter(|_| folder.file_name().is_some_and(|name| name == ".vscode"));
    above.unwrap_or(folder).to_owned()
}

/// What is wrong with which key.
struct Wrong {
    key: String,
    problem: String,
}

impl Wrong {
    fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Wrong { key: key.into(), problem: problem.into() }
    }
}

/// Reads what a file says of one server.
struct Reader<'a> {
    name: &'a str,
    folder: &'a Path,
}

impl Reader<'_> {
    fn server(&self, entry: &Value) -> Result<McpServer, Wrong> {
        let Value::Object(entry) = entry else { return Err(Wrong::new(self.name, "is no object")) };
        let kind = match self.text(entry, "type")? {
            Some(kind) => kind,
            None if entry.contains_key("url") => "http".to_owned(),
            None => "stdio".to_owned(),
        };
        let server = match kind.as_str() {
            "stdio" => self.stdio(entry)?,
            "http" | "streamable-http" | "streamableHttp" => self.remote(entry, McpServer::http)?,
            "sse" => self.remote(entry, McpServer::sse)?,
            _ => return Err(Wrong::new("type", format!("is `{kind}`; known are stdio, http and sse"))),
        };
        Ok(server.named(self.name))
    }

    fn stdio(&self, entry: &Map<String, Value>) -> Result<McpServer, Wrong> {
        let command = self.text(entry, "command")?.ok_or_else(|| Wrong::new("command", "is missing"))?;
        let mut server = McpServer::stdio(command);
        if let Some(args) = entry.get("args") {
            let args = args.as_array().ok_or_else(|| Wrong::new("args", "is no list of texts"))?;
            for (place, arg) in args.iter().enumerate() {
                server = server.args([self.expanded(&format!("args[{place}]"), arg)?.text]);
            }
        }
        for (name, value) in table(entry, "env")? {
            let Expanded { text, variables } = self.expanded(&format!("env.{name}"), value)?;
            for (variable, value) in variables.iter().filter(|(variable, _)| is_secret(variable)) {
                host::secret(variable, value);
            }
            server = server.env(name, text);
        }
        match self.text(entry, "cwd")? {
            Some(cwd) => Ok(server.cwd(self.folder.join(cwd))),
            None => Ok(server),
        }
    }

    /// Headers are read again when the server is started, which then knows what is secret in them.
    fn remote(&self, entry: &Map<String, Value>, make: fn(String) -> McpServer) -> Result<McpServer, Wrong> {
        let url = self.text(entry, "url")?.ok_or_else(|| Wrong::new("url", "is missing"))?;
        let mut server = make(url);
        for (name, value) in table(entry, "headers")? {
            self.expanded(&format!("headers.{name}"), value)?;
            server = server.header(name, normal(value.as_str().unwrap_or_default(), self.folder));
        }
        Ok(server)
    }

    fn text(&self, entry: &Map<String, Value>, key: &str) -> Result<Option<String>, Wrong> {
        entry.get(key).map(|value| Ok(self.expanded(key, value)?.text)).transpose()
    }

    fn expanded(&self, key: &str, value: &Value) -> Result<Expanded, Wrong> {
        let text = value.as_str().ok_or_else(|| Wrong::new(key, "is no text"))?;
        expand(&normal(text, self.folder), &of_process).map_err(|variable| {
            Wrong::new(
                key,
                match variable.strip_prefix("input:") {
                    Some(_) => format!("asks a person (`${{{variable}}}`): name an environment variable instead"),
                    None => format!("needs the environment variable {variable}, which is not set"),
                },
            )
        })
    }
}

/// VS Code's ways of writing, in ours.
fn normal(text: &str, folder: &Path) -> String {
    text.replace("${env:", "${").replace("${workspaceFolder}", &folder.to_string_lossy())
}

fn table<'a>(entry: &'a Map<String, Value>, key: &str) -> Result<Vec<(&'a String, &'a Value)>, Wrong> {
    match entry.get(key) {
        None => Ok(Vec::new()),
        Some(Value::Object(table)) => Ok(table.iter().collect()),
        Some(_) => Err(Wrong::new(key, "is no object of texts")),
    }
}
