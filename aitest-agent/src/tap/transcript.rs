use std::time::Duration;

use aitest_runtime::host::{AgentIdentity, AgentRun, FailureKind, Iteration, Role, RunEnd, TokenUsage, ToolCall, Turn};
use tokio::time::Instant;

use super::conversation::Conversation;
use super::failure::is_the_agents;
use crate::provider::{Asked, ChatReply, ProviderError, Said, ToolCallRequest};

/// Turns the exchanges of one tap into its iteration's transcript.
pub(super) struct Transcript {
    iteration: Iteration,
    conversations: Vec<Conversation>,
}

/// How an exchange ended, for the record.
pub(super) enum Ended {
    Answered(ChatReply),
    /// What came of an answer that was cut, and by what.
    Cut(ChatReply, &'static str),
    Failed(ProviderError),
}

impl Ended {
    pub(super) fn usage(&self) -> Option<TokenUsage> {
        match self {
            Ended::Answered(reply) | Ended::Cut(reply, _) => reply.usage,
            Ended::Failed(_) => None,
        }
    }
}

impl Transcript {
    pub(super) fn of(iteration: Iteration) -> Self {
        Transcript { iteration, conversations: Vec::new() }
    }

    /// Records what `asked` says that is new: results of tools, prompts. Returns the place of its conversation, and
    /// whether the same was asked before, and failed.
    pub(super) fn asked(&mut self, asked: &Asked, provider: &str) -> (usize, bool) {
        self.results(asked);
        let known = self.conversations.iter().map(|talk| talk.known(asked)).enumerate();
        let longest = known.filter_map(|(place, known)| Some((known?, place))).max();
        match longest {
            Some((known, place)) => (place, self.conversations[place].go_on(asked, known)),
            None => {
                let (provider, model) = (provider.to_owned(), asked.model.clone());
                let agent = AgentIdentity { provider, model, ..AgentIdentity::default() };
                let iteration = self.iteration.clone();
                let begin = |start| AgentRun::begin_own(iteration, start);
                self.conversations.push(Conversation::begin(asked, begin, agent));
                (self.conversations.len() - 1, false)
            }
        }
    }

    /// How the exchange of the conversation at `place` ended.
    pub(super) fn ended(&mut self, place: usize, ended: &Ended, took: Duration) {
        let talk = &mut self.conversations[place];
        match ended {
            Ended::Answered(reply) => answered(talk, reply, took),
            Ended::Cut(reply, why) => {
                answered(talk, reply, took);
                note(talk, (*why).to_owned());
            }
            Ended::Failed(error) if is_the_agents(error) => {
                note(talk, error.to_string());
                talk.run.end(RunEnd::Answered { final_response: None });
            }
            Ended::Failed(error) => {
                talk.failed = Some((error.to_string(), Instant::now()));
                let (message, transient) = (error.to_string(), error.is_transient());
                talk.run.end(RunEnd::Failed { kind: FailureKind::Provider, message, transient });
            }
        }
    }

    /// Results that no conversation has yet, in the newest that waits for them.
    fn results(&mut self, asked: &Asked) {
        for said in &asked.said {
            if let Said::ToolResult { id, tool, text, is_error } = said {
                self.conversations.iter_mut().rev().any(|talk| talk.answer(id, tool, text, *is_error));
            }
        }
    }
}

fn answered(talk: &mut Conversation, reply: &ChatReply, took: Duration) {
    let calls: Vec<ToolCall> = reply.message.tool_calls.iter().map(call).collect();
    let text = reply.refusal.as_deref().filter(|_| reply.message.text.is_empty()).unwrap_or(&reply.message.text);
    let turn = Turn {
        ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        reasoning: reply.message.reasoning.clone(),
        calls: calls.clone(),
        usage: reply.usage,
        finish_reason: reply.finish_reason.clone(),
        served_model: reply.served_model.clone(),
        ..Turn::text(Role::Assistant, text)
    };
    let place = talk.run.turn(turn, reply.cost);
    let final_response = Some(text.to_owned()).filter(|text| calls.is_empty() && !text.is_empty());
    talk.answered(reply, place, calls);
    talk.run.end(RunEnd::Answered { final_response });
}

fn note(talk: &Conversation, text: String) {
    talk.run.turn(Turn::text(Role::Note, text), None);
}

fn call(request: &ToolCallRequest) -> ToolCall {
    let ToolCallRequest { id, tool, arguments, .. } = request.clone();
    ToolCall { id, tool, arguments, ..ToolCall::default() }
}
