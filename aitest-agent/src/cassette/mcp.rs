use std::error::Error as StdError;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aitest_runtime::host;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::answer::{Fault, Recorded};
use super::tapes::{Found, look_up};
use crate::agent::{AgentError, McpPrompt, ToolOutcome, ToolSession};
use crate::mcp::McpServer;
use crate::provider::{BoxFuture, Image, ToolDefinition};

impl McpServer {
    /// Makes the server's answers part of the cassette: with `AITEST_CASSETTES=replay` it is not started, and what was
    /// recorded of it answers. Without this a server is live in every mode.
    ///
    /// Recorded are its tools, prompts and instructions, each call with its result, what it told meanwhile, and the
    /// answers to [`list_prompts`](McpServer::list_prompts) and its like. With `auto`, a server is started when
    /// something is missing, and has not seen the calls that were replayed.
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// use aitest::McpServer;
    ///
    /// let weather = McpServer::http("https://mcp.example.com/mcp").recorded();
    /// ```
    #[must_use]
    pub fn recorded(mut self) -> Self {
        self.config_mut().recorded = true;
        self
    }
}

/// A started server, or what was recorded of one.
pub(crate) async fn open(server: &McpServer) -> Result<Box<dyn ToolSession>, AgentError> {
    if !server.config.recorded {
        return server.open().await;
    }
    let live = OnceCell::new();
    let opened = answered(server, "initialize", Value::Null, async {
        let session = live.get_or_try_init(|| server.open()).await?;
        let notes = session.notes();
        let (tools, prompts) = (session.tools().to_vec(), session.prompts().to_vec());
        Ok(Opened { tools, prompts, instructions: session.instructions().map(str::to_owned), notes })
    });
    let Opened { tools, prompts, instructions, notes } = opened.await?;
    let (tools, notes) = (Mutex::new(tools.into()), Mutex::new(notes));
    let taped =
        Taped { server: server.clone(), live, tools, prompts, instructions, notes, changed: AtomicBool::default() };
    Ok(Box::new(taped))
}

/// The answer of a server that was asked without an agent: `live`, unless there is a recorded one.
pub(crate) async fn answered<T: Serialize + DeserializeOwned>(
    server: &McpServer,
    method: &str,
    params: Value,
    live: impl Future<Output = Result<T, AgentError>>,
) -> Result<T, AgentError> {
    if !server.config.recorded {
        return live.await;
    }
    let name = &server.config.name;
    let request = json!({ "method": method, "params": params }).to_string();
    let found = look_up(&format!("mcp/{name}"), request.as_bytes()).map_err(|error| failed(name, error, false))?;
    let mut recording = match found {
        Found::Live => return live.await,
        Found::Recorded(tape, exchange) => {
            let Some(answer) = exchange.answers.last().filter(|_| !exchange.cut) else {
                return Err(failed(name, tape.cut(&exchange.to), false));
            };
            let said = answer.replay_tool().and_then(|said| match said {
                Ok(bytes) => serde_json::from_slice(&bytes).map(Ok).map_err(|error| format!("an answer: {error}")),
                Err((message, transient)) => Ok(Err(failed(name, Said(message), transient))),
            });
            return said.unwrap_or_else(|problem| Err(failed(name, tape.malformed(problem), false)));
        }
        Found::New(recording) => recording,
    };
    recording.asks();
    let answer = live.await;
    recording.answered(match &answer {
        Ok(answer) => Recorded::body(&serde_json::to_vec(answer).unwrap_or_default()),
        Err(AgentError::ToolServer { error, transient, .. }) => Recorded::tool_fault(&error.to_string(), *transient),
        Err(error) => Recorded::tool_fault(&error.to_string(), error.is_transient()),
    });
    answer
}

/// The kind of a tool server's fault.
const TOOL_SERVER: &str = "tool_server";

impl Recorded {
    /// A tool server that did not start, or ended.
    fn tool_fault(message: &str, transient: bool) -> Self {
        let message = host::redact(message);
        Recorded::of_fault(Fault { kind: TOOL_SERVER.to_owned(), status: None, message, transient })
    }

    /// The answer of a tool server; or its fault, and whether another attempt may go better.
    ///
    /// # Errors
    /// What is wrong with the recording.
    fn replay_tool(&self) -> Result<Result<Vec<u8>, (String, bool)>, String> {
        match &self.fault {
            Some(Fault { message, transient, .. }) => Ok(Err((message.clone(), *transient))),
            None => self.bytes().map(Ok),
        }
    }
}

fn failed(server: &str, error: impl StdError + Send + Sync + 'static, transient: bool) -> AgentError {
    AgentError::ToolServer { server: server.to_owned(), transient, error: Arc::new(error) }
}

/// Why a recorded server did not answer.
#[derive(Debug)]
struct Said(String);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Said {}

/// What a server says of itself.
#[derive(Serialize, Deserialize)]
struct Opened {
    tools: Vec<ToolDefinition>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    prompts: Vec<McpPrompt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instructions: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// What a call came to.
#[derive(Serialize, Deserialize)]
struct Called {
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    images: Vec<Image>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_error: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// The tools, where the call changed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tools: Option<Vec<ToolDefinition>>,
}

/// A recorded server: started when something is to be asked of it in truth.
struct Taped {
    server: McpServer,
    live: OnceCell<Box<dyn ToolSession>>,
    tools: Mutex<Arc<[ToolDefinition]>>,
    prompts: Vec<McpPrompt>,
    instructions: Option<String>,
    notes: Mutex<Vec<String>>,
    changed: AtomicBool,
}

impl Taped {
    async fn called(&self, tool: &str, arguments: Map<String, Value>) -> Result<ToolOutcome, AgentError> {
        let params = json!({ "name": tool, "arguments": &arguments });
        let live = async {
            let session = self.live.get_or_try_init(|| self.server.open()).await?;
            let ToolOutcome { text, images, is_error } = session.call(tool, arguments).await?;
            let tools = session.refresh().await?.then(|| session.tools().to_vec());
            Ok(Called { text, images, is_error, notes: session.notes(), tools })
        };
        let Called { text, images, is_error, notes, tools } =
            answered(&self.server, "tools/call", params, live).await?;
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).extend(notes);
        if let Some(tools) = tools {
            *self.tools.lock().unwrap_or_else(PoisonError::into_inner) = tools.into();
            self.changed.store(true, Ordering::Release);
        }
        Ok(ToolOutcome { text, images, is_error })
    }
}

impl ToolSession for Taped {
    fn name(&self) -> &str {
        &self.server.config.name
    }

    fn tools(&self) -> Arc<[ToolDefinition]> {
        Arc::clone(&self.tools.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn refresh(&self) -> BoxFuture<'_, Result<bool, AgentError>> {
        Box::pin(async { Ok(self.changed.swap(false, Ordering::AcqRel)) })
    }

    fn prompts(&self) -> &[McpPrompt] {
        &self.prompts
    }

    fn instructions(&self) -> Option<&str> {
        self.instructions.as_deref()
    }

    /// Those that came with an answer: what is told at another time is told with the next one.
    fn notes(&self) -> Vec<String> {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn call<'a>(
        &'a self,
        tool: &'a str,
        arguments: Map<String, Value>,
    ) -> BoxFuture<'a, Result<ToolOutcome, AgentError>> {
        Box::pin(self.called(tool, arguments))
    }

    fn shutdown(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            if let Some(live) = self.live.into_inner() {
                live.shutdown().await;
            }
        })
    }
}
