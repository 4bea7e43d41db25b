use std::time::Duration;

use aitest_runtime::host::{AgentRun, AgentRunStart, Cost, Retry, Role, RunEnd, ToolCall, ToolSpec, Turn, cost_of};

use super::toolbox::{ToolOutcome, Toolbox};
use super::{Agent, AgentError, AgentResult, StopReason};
use crate::provider::ChatReply;

/// Takes the events of a run, each when it happens: into the iteration's record, so that nothing is lost when the run
/// is dropped, and into the result.
pub(crate) struct Recording {
    run: AgentRun,
    /// `provider/model`, for prices.
    model: String,
    result: AgentResult,
    /// The cost so far; `None` from the first unpriced turn on.
    cost: Option<Cost>,
    /// Place of the latest turn in the record.
    place: usize,
}

impl Recording {
    pub(crate) fn begin(agent: &Agent, prompt: &str, tools: Vec<ToolSpec>) -> Self {
        let identity = agent.identity();
        let model = format!("{}/{}", identity.provider, identity.model);
        let system = agent.system_prompt.as_deref().map(str::to_owned);
        let run = AgentRun::begin(AgentRunStart { agent: identity, system, prompt: prompt.to_owned(), tools });
        Recording { run, model, result: AgentResult::default(), cost: Some(Cost::default()), place: 0 }
    }

    /// A request is sent again.
    pub(crate) fn retry(&mut self, retry: Retry) {
        self.run.retry(retry);
    }

    /// The model replied.
    pub(crate) fn turn(&mut self, reply: &ChatReply, took: Duration, toolbox: &Toolbox) {
        let calls = reply.message.tool_calls.iter().map(|call| ToolCall {
            id: call.id.clone(),
            server: toolbox.server_of(&call.tool).map(str::to_owned),
            tool: call.tool.clone(),
            arguments: call.arguments.clone(),
            ..ToolCall::default()
        });
        let turn = Turn {
            role: Role::Assistant,
            text: reply.message.text.clone(),
            ms: milliseconds(took),
            calls: calls.collect(),
            usage: reply.usage,
            finish_reason: reply.finish_reason.clone(),
            served_model: reply.served_model.clone(),
        };
        let cost = reply.cost.or_else(|| reply.usage.and_then(|usage| cost_of(&self.model, &usage)));
        self.cost = self.cost.zip(cost).map(|(sum, cost)| sum + cost);
        if let Some(usage) = reply.usage {
            self.result.token_usage += usage;
        }
        self.place = self.run.turn(turn.clone(), reply.cost);
        self.result.turns.push(turn);
    }

    /// Call number `call` of the latest turn ended.
    pub(crate) fn tool_ended(&mut self, call: usize, outcome: &ToolOutcome, took: Duration) {
        let slot = self.result.turns.last_mut().and_then(|turn| turn.calls.get_mut(call));
        let Some(slot) = slot else { return };
        let text = Some(outcome.text.clone());
        match outcome.is_error {
            false => slot.result = text,
            true => slot.error = text,
        }
        slot.ms = milliseconds(took);
        self.run.tool_call(self.place, call, slot.clone());
    }

    /// The model is done.
    pub(crate) fn answer(&mut self, text: String) {
        self.result.final_response = text;
        self.result.success = true;
    }

    /// The run is over.
    pub(crate) fn finish(
        self,
        end: Result<Option<StopReason>, AgentError>,
        took: Duration,
    ) -> Result<AgentResult, AgentError> {
        let stop = match end {
            Ok(stop) => stop,
            Err(error) => {
                let (kind, transient) = (error.failure_kind(), error.is_transient());
                self.run.end(RunEnd::Failed { kind, message: error.to_string(), transient });
                return Err(error);
            }
        };
        if let Some(stop) = &stop {
            self.run.turn(Turn::text(Role::Note, stop.to_string()), None);
        }
        let final_response = self.result.success.then(|| self.result.final_response.clone());
        self.run.end(RunEnd::Answered { final_response });
        let cost = self.cost.filter(|_| !self.result.turns.is_empty());
        Ok(AgentResult { error: stop, cost, duration: took, ..self.result })
    }
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
