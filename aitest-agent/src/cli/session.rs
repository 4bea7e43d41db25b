use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use serde::Serialize;
use serde_json::{Map, Value};

use super::program::{Call, Program};
use super::run::{Ran, Running};
use crate::agent::{AgentError, ToolOutcome, ToolSession};
use crate::provider::{BoxFuture, ToolDefinition};

/// The tool's argument.
pub(crate) const ARGS: &str = "args";

/// A program that may be called. All that its calls started is gone when this is.
pub(crate) struct CliSession {
    name: String,
    tools: Arc<[ToolDefinition]>,
    program: Program,
    /// The calls that ended: what they left in the background is in their process groups.
    calls: Mutex<Vec<Running>>,
}

/// The result as the model sees it.
#[derive(Serialize)]
struct Answer<'a> {
    exit_code: Option<i32>,
    stdout: &'a str,
    stderr: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    timed_out: Option<String>,
}

impl CliSession {
    pub(crate) fn new(name: String, tool: ToolDefinition, program: Program) -> Self {
        CliSession { name, tools: [tool].into(), program, calls: Mutex::default() }
    }

    async fn execute(&self, arguments: Map<String, Value>) -> Result<ToolOutcome, AgentError> {
        let Some(Value::String(args)) = arguments.get(ARGS) else {
            return Ok(ToolOutcome::failed(format!("the argument `{ARGS}` must be a string, and \"\" for none")));
        };
        match self.program.call(args).await {
            Ok(Call::Ended(ran, running)) => {
                self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(running);
                Ok(ToolOutcome { text: answer(&ran, None), ..ToolOutcome::default() })
            }
            Ok(Call::TimedOut(ran)) => Ok(ToolOutcome::failed(answer(&ran, Some(self.program.limit)))),
            Ok(Call::Refused(why)) => Ok(ToolOutcome::failed(why)),
            Err(error) => Err(error.of_server(&self.name)),
        }
    }
}

fn answer(ran: &Ran, limit: Option<Duration>) -> String {
    let timed_out = limit.map(|limit| format!("killed after {} s, with all that it started", limit.as_secs_f64()));
    let Ran { exit_code, stdout, stderr } = ran;
    let answer = Answer { exit_code: *exit_code, stdout, stderr, timed_out };
    serde_json::to_string(&answer).unwrap_or_default()
}

impl ToolSession for CliSession {
    fn name(&self) -> &str {
        &self.name
    }

    fn tools(&self) -> Arc<[ToolDefinition]> {
        Arc::clone(&self.tools)
    }

    fn call<'a>(&'a self, _: &'a str, arguments: Map<String, Value>) -> BoxFuture<'a, Result<ToolOutcome, AgentError>> {
        Box::pin(self.execute(arguments))
    }

    fn shutdown(self: Box<Self>) -> BoxFuture<'static, ()> {
        let calls = self.calls.into_inner().unwrap_or_else(PoisonError::into_inner);
        Box::pin(async { _ = join_all(calls.into_iter().map(Running::end)).await })
    }
}
