use std::collections::BTreeMap;

use aitest_runtime::host::Iteration;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::time::Instant;

use super::recording::{Recording, RunEvent};
use super::toolbox::{ToolOutcome, Toolbox};
use super::{Agent, AgentError, StopReason};
use crate::clock::RunClock;
use crate::provider::{self, AssistantMessage, ChatRequest, Connected, Finish, Message, ToolCallRequest, Tries};
use crate::telemetry;

/// The loop of one run: ask the model, call its tools, tell it the results.
pub(crate) struct Conversation<'a> {
    pub(crate) agent: &'a Agent,
    pub(crate) model: &'a Connected,
    pub(crate) toolbox: &'a Toolbox,
    pub(crate) clock: &'a RunClock,
}

impl Conversation<'_> {
    /// Goes on until there is an answer (`None`) or a reason to stop. `request` always holds what can be continued: no
    /// call without its result.
    pub(crate) async fn hold(
        &self,
        request: &mut ChatRequest,
        recording: &mut Recording<'_>,
    ) -> Result<Option<StopReason>, AgentError> {
        let mut failures = Failures { allowed: self.agent.retries, in_a_row: BTreeMap::new() };
        for turn in 0..self.agent.max_turns {
            let mut on_retry = |retry| recording.take(RunEvent::Retry(retry));
            let (reply, took) = match provider::chat(self.model, request, self.tries(turn), &mut on_retry).await {
                Ok(replied) => replied,
                Err(error) => return StopReason::of_error(&error).map_or(Err(error.into()), |stop| Ok(Some(stop))),
            };
            recording.take(RunEvent::Told(self.toolbox.notes()));
            recording.take(RunEvent::Turn { reply: &reply, took });
            let (stop, finish, message) = (StopReason::of_reply(&reply), reply.finish(), reply.message);
            if stop.is_none() && finish == Finish::Paused && message.tool_calls.is_empty() {
                request.messages.push(Message::Assistant(message));
                continue;
            }
            if stop.is_some() || message.tool_calls.is_empty() {
                if stop.is_none() {
                    recording.take(RunEvent::Answer(message.text.clone()));
                }
                request.messages.extend(can_be_continued(message, stop.is_none()).map(Message::Assistant));
                return Ok(stop);
            }
            let outcomes = self.call(&message.tool_calls, recording).await?;
            recording.take(RunEvent::Told(self.toolbox.notes()));
            let stop = failures.count(&message.tool_calls, &outcomes);
            request.messages.extend(with_results(message, outcomes));
            if stop.is_some() {
                return Ok(stop);
            }
            if let Some(tools) = self.toolbox.changed().await? {
                request.tools = tools;
            }
        }
        Ok(Some(StopReason::MaxTurns { limit: self.agent.max_turns }))
    }

    fn tries(&self, turn: u32) -> Tries<'_> {
        let seed = Iteration::current().map_or(0, |it| it.seed());
        let limits = self.agent.provider.limits();
        Tries { seed: seed.wrapping_add(u64::from(turn) << 8), clock: self.clock, limits }
    }

    /// Calls the tools beside each other. Each result is recorded as soon as it is there.
    async fn call(
        &self,
        calls: &[ToolCallRequest],
        recording: &mut Recording<'_>,
    ) -> Result<Vec<ToolOutcome>, AgentError> {
        let mut running: FuturesUnordered<_> = calls
            .iter()
            .enumerate()
            .map(|(place, call)| async move {
                let begun = Instant::now();
                let live = self.toolbox.call(&call.tool, &call.arguments);
                let outcome = telemetry::execute_tool(call, live).await;
                (place, outcome, begun.elapsed())
            })
            .collect();
        let mut outcomes = vec![ToolOutcome::default(); calls.len()];
        let mut died = None;
        while let Some((place, outcome, took)) = running.next().await {
            match outcome {
                Ok(outcome) => {
                    recording.take(RunEvent::ToolEnded { call: place, outcome: &outcome, took });
                    outcomes[place] = outcome;
                }
                Err(error) => {
                    let outcome = &ToolOutcome::failed(error.to_string());
                    recording.take(RunEvent::ToolEnded { call: place, outcome, took });
                    died.get_or_insert(error);
                }
            }
        }
        died.map_or(Ok(outcomes), Err)
    }
}

/// The last message, unless it asks for calls that have no results, or was cut off before its first word: providers
/// refuse to see those again.
fn can_be_continued(message: AssistantMessage, is_answer: bool) -> Option<AssistantMessage> {
    Some(message).filter(|message| message.tool_calls.is_empty() && (is_answer || !message.text.is_empty()))
}

fn with_results(message: AssistantMessage, outcomes: Vec<ToolOutcome>) -> Vec<Message> {
    let calls = message.tool_calls.clone();
    let results = calls.iter().zip(outcomes).map(|(call, outcome)| tool_result(call, outcome));
    [Message::Assistant(message)].into_iter().chain(results).collect()
}

fn tool_result(call: &ToolCallRequest, outcome: ToolOutcome) -> Message {
    let ToolOutcome { text: content, images, is_error } = outcome;
    Message::ToolResult { call_id: call.id.clone(), tool: call.tool.clone(), content, images, is_error }
}

/// Turns in a row with a failed call, per tool.
struct Failures {
    allowed: u32,
    in_a_row: BTreeMap<String, u32>,
}

impl Failures {
    /// Counts one turn. Two failed calls of a tool in one turn are one failure: the model had no chance to learn.
    fn count(&mut self, calls: &[ToolCallRequest], outcomes: &[ToolOutcome]) -> Option<StopReason> {
        let mut failed: BTreeMap<&String, Option<&String>> = BTreeMap::new();
        for (call, outcome) in calls.iter().zip(outcomes) {
            let message = failed.entry(&call.tool).or_default();
            if outcome.is_error {
                *message = Some(&outcome.text);
            }
        }
        for (tool, message) in failed {
            let Some(message) = message else {
                self.in_a_row.remove(tool);
                continue;
            };
            let failures = self.in_a_row.entry(tool.clone()).or_default();
            *failures += 1;
            if *failures > self.allowed {
                let (tool, failures, message) = (tool.clone(), *failures, message.clone());
                return Some(StopReason::ToolFailures { tool, failures, message });
            }
        }
        None
    }
}
