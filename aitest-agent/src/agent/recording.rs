use std::time::Duration;

use aitest_runtime::host::{self, AgentRun, AgentRunStart, Cost, Retry, Role, RunEnd, TokenUsage, cost_of};

use super::clarification::{ClarificationStats, Judge, Judgement, Level};
use super::toolbox::{ToolOutcome, Toolbox};
use super::{Agent, AgentError, AgentResult, StopReason, ToolCall, ToolInfo, Turn};
use crate::provider::{ChatReply, ToolCallRequest};

/// What a run begins with.
pub(crate) struct Opening<'a> {
    pub(crate) agent: &'a Agent,
    pub(crate) system: Option<&'a str>,
    pub(crate) prompt: &'a str,
    /// Messages of an earlier conversation.
    pub(crate) context: usize,
}

/// What happens in a run. Our loop is one source; whoever can tell these, such as a recording proxy, is another.
pub(crate) enum RunEvent<'e> {
    /// A request is sent again.
    Retry(Retry),
    /// The model replied, after `took`.
    Turn { reply: &'e ChatReply, took: Duration },
    /// Call number `call` of the latest turn ended.
    ToolEnded { call: usize, outcome: &'e ToolOutcome, took: Duration },
    /// What the servers told meanwhile: a line each.
    Told(Vec<String>),
    /// The model is done.
    Answer(String),
    /// A model judged the answer.
    Judged { model: &'e str, usage: Option<TokenUsage> },
}

/// Takes the events of a run, each when it happens: into the iteration's record, so that nothing is lost when the run
/// is dropped, and into the result.
pub(crate) struct Recording<'a> {
    run: AgentRun,
    toolbox: Option<&'a Toolbox>,
    /// `provider/model`, for prices.
    model: String,
    result: AgentResult,
    /// The cost so far; `None` from the first unpriced turn on.
    cost: Option<Cost>,
    /// Place of the latest turn in the record.
    place: usize,
}

impl<'a> Recording<'a> {
    /// Begins a run; without a toolbox one whose servers did not start.
    pub(crate) fn begin(opening: Opening<'_>, toolbox: Option<&'a Toolbox>) -> Self {
        let Opening { agent, system, prompt, context } = opening;
        let identity = agent.identity();
        let result = AgentResult {
            agent_name: identity.label(),
            model: identity.model.clone(),
            provider: identity.provider.clone(),
            available_tools: toolbox.map(offered).unwrap_or_default(),
            skills: agent.skills.clone(),
            mcp_prompts: toolbox.map(Toolbox::prompts).unwrap_or_default(),
            system_prompt: system.map(Into::into),
            context_count: context,
            ..AgentResult::default()
        };
        let model = format!("{}/{}", identity.provider, identity.model);
        let setup = toolbox.map(|toolbox| agent.setup(toolbox));
        let (system, prompt) = (system.map(str::to_owned), Some(prompt.to_owned()));
        let run = AgentRun::begin(AgentRunStart { agent: identity, system, prompt, context, setup });
        Recording { run, toolbox, model, result, cost: Some(Cost::default()), place: 0 }
    }

    pub(crate) fn take(&mut self, event: RunEvent<'_>) {
        match event {
            RunEvent::Retry(retry) => self.run.retry(retry),
            RunEvent::Turn { reply, took } => self.turn(reply, took),
            RunEvent::ToolEnded { call, outcome, took } => self.tool_ended(call, outcome, took),
            RunEvent::Told(notes) => {
                for note in notes {
                    self.run.turn(host::Turn::text(Role::Note, note), None);
                }
            }
            RunEvent::Judged { model, usage } => self.run.judged(model, usage),
            RunEvent::Answer(text) => {
                self.result.final_response = text;
                self.result.success = true;
            }
        }
    }

    /// The answer, if there is one.
    pub(crate) fn answer(&self) -> Option<&str> {
        self.result.success.then_some(self.result.final_response.as_str())
    }

    /// What the judge of `answer` found. The answer is none when asking back is an error.
    pub(crate) fn clarified(&mut self, judge: &Judge, judgement: &Judgement) -> Option<StopReason> {
        let asked = judgement.asks.then(|| self.result.final_response.clone());
        self.result.clarification = Some(ClarificationStats {
            count: asked.iter().len(),
            turns: asked.iter().map(|_| self.result.turns.len() - 1).collect(),
            examples: asked.iter().cloned().collect(),
            model: judge.name.clone(),
            token_usage: judgement.usage,
            cost: judgement.cost,
        });
        let message = asked?;
        let noted = format!("asked for clarification, as judged by {}", judge.name);
        match judge.level {
            Level::Error => {
                (self.result.success, self.result.final_response) = (false, String::new());
                return Some(StopReason::AskedForClarification { message });
            }
            Level::Warning => self.run.warn("asked_for_clarification", &warning(&self.result.agent_name)),
            Level::Info => {}
        }
        self.run.turn(host::Turn::text(Role::Note, noted), None);
        None
    }

    fn turn(&mut self, reply: &ChatReply, took: Duration) {
        let cost = reply.cost.or_else(|| reply.usage.and_then(|usage| cost_of(&self.model, &usage)));
        self.cost = self.cost.zip(cost).map(|(sum, cost)| sum + cost);
        if let Some(usage) = reply.usage {
            self.result.token_usage += usage;
        }
        let turn = Turn {
            text: reply.message.text.clone(),
            reasoning: reply.message.reasoning.clone(),
            tool_calls: reply.message.tool_calls.iter().map(|call| self.asked(call)).collect(),
            usage: reply.usage,
            duration: took,
            finish_reason: reply.finish_reason.clone(),
            served_model: reply.served_model.clone(),
            request_id: reply.request_id.clone(),
        };
        self.place = self.run.turn(turn_record(&turn), reply.cost);
        self.result.turns.push(turn);
    }

    fn asked(&self, call: &ToolCallRequest) -> ToolCall {
        let ToolCallRequest { id, tool, arguments, .. } = call.clone();
        let (server, name) = self.toolbox.map_or((None, tool.clone()), |toolbox| toolbox.own_name(&tool));
        ToolCall { id, name, server, arguments, ..ToolCall::default() }
    }

    fn tool_ended(&mut self, call: usize, outcome: &ToolOutcome, took: Duration) {
        let slot = self.result.turns.last_mut().and_then(|turn| turn.tool_calls.get_mut(call));
        let Some(slot) = slot else { return };
        let text = Some(outcome.text.clone());
        match outcome.is_error {
            false => slot.result = text,
            true => slot.error = text,
        }
        slot.images.clone_from(&outcome.images);
        slot.duration = took;
        self.run.tool_call(self.place, call, call_record(slot));
    }

    /// The run is over.
    pub(crate) fn finish(self, end: Result<Option<StopReason>, AgentError>) -> Result<AgentResult, AgentError> {
        let stop = match end {
            Ok(stop) => stop,
            Err(error) => {
                let (kind, transient) = (error.failure_kind(), error.is_transient());
                self.run.end(RunEnd::Failed { kind, message: error.to_string(), transient });
                return Err(error);
            }
        };
        if let Some(stop) = &stop {
            self.run.turn(host::Turn::text(Role::Note, stop.to_string()), None);
        }
        let final_response = self.result.success.then(|| self.result.final_response.clone());
        self.run.end(RunEnd::Answered { final_response });
        let cost = self.cost.filter(|_| !self.result.turns.is_empty());
        Ok(AgentResult { error: stop, cost, ..self.result })
    }
}

fn warning(agent: &str) -> String {
    format!("agent `{agent}` asked for clarification instead of doing the task; the transcripts have a note where")
}

fn offered(toolbox: &Toolbox) -> Vec<ToolInfo> {
    let tools = toolbox.definitions().into_iter().map(|tool| ToolInfo {
        server: toolbox.own_name(&tool.name).0.unwrap_or_default(),
        name: tool.name,
        description: tool.description,
        schema: tool.schema,
    });
    tools.collect()
}

fn turn_record(turn: &Turn) -> host::Turn {
    host::Turn {
        reasoning: turn.reasoning.clone(),
        ms: milliseconds(turn.duration),
        calls: turn.tool_calls.iter().map(call_record).collect(),
        usage: turn.usage,
        finish_reason: turn.finish_reason.clone(),
        served_model: turn.served_model.clone(),
        ..host::Turn::text(Role::Assistant, turn.text.clone())
    }
}

fn call_record(call: &ToolCall) -> host::ToolCall {
    let ToolCall { id, name, server, arguments, result, error, duration, images } = call.clone();
    host::ToolCall {
        id,
        server,
        tool: name,
        arguments,
        result,
        error,
        ms: milliseconds(duration),
        images: images.iter().map(super::images::image_record).collect(),
        omitted: None,
    }
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
