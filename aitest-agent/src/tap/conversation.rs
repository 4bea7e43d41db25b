use std::hash::{DefaultHasher, Hash, Hasher};

use aitest_runtime::host::{self, AgentRun, AgentRunStart, Retry, Role, Setup, ToolCall};
use tokio::time::Instant;

use crate::provider::{Asked, ChatReply, Said};

/// One conversation of the agent with its model: requests of which each says again what was said before.
pub(super) struct Conversation {
    pub(super) run: AgentRun,
    model: String,
    system: Option<String>,
    /// Hashes of what the agent has said so far.
    seen: Vec<u64>,
    /// The provider's ids of its answers.
    answers: Vec<String>,
    /// Calls without a result.
    open: Vec<OpenCall>,
    /// Why its last request failed, and when.
    pub(super) failed: Option<(String, Instant)>,
}

struct OpenCall {
    turn: usize,
    place: usize,
    call: ToolCall,
    since: Instant,
}

impl Conversation {
    /// One that begins with `asked`. What a record has not seen is told by its length alone.
    pub(super) fn begin(
        asked: &Asked,
        begin: impl FnOnce(AgentRunStart) -> AgentRun,
        agent: host::AgentIdentity,
    ) -> Self {
        let known = asked.said.iter().rposition(Said::is_assistant).map_or(0, |last| last + 1);
        let mut prompts = asked.said[known..].iter().filter_map(prompt);
        let run = begin(AgentRunStart {
            agent,
            system: asked.system.clone(),
            prompt: prompts.next().map(str::to_owned),
            context: known,
            setup: Some(Setup { tools: asked.tools.clone(), ..Setup::default() }),
        });
        for text in prompts {
            run.turn(host::Turn::text(Role::User, text), None);
        }
        Conversation {
            run,
            model: asked.model.clone(),
            system: asked.system.clone(),
            seen: hashes(asked),
            answers: Vec::new(),
            open: Vec::new(),
            failed: None,
        }
    }

    /// How much of `asked` is known from here; `None` when it is another conversation.
    pub(super) fn known(&self, asked: &Asked) -> Option<usize> {
        if self.model != asked.model {
            return None;
        }
        match &asked.previous {
            Some(previous) => self.answers.contains(previous).then_some(0),
            None => hashes(asked).starts_with(&self.seen).then_some(self.seen.len()),
        }
    }

    /// Goes on with `asked`, of which `known` is known. Returns whether the same was asked before, and failed.
    pub(super) fn go_on(&mut self, asked: &Asked, known: usize) -> bool {
        if self.system != asked.system && asked.previous.is_none() {
            self.system.clone_from(&asked.system);
            let text = asked.system.clone().unwrap_or_default();
            self.run.turn(host::Turn::text(Role::System, text), None);
        }
        let new: Vec<&Said> = asked.said.iter().filter(|said| !said.is_assistant()).skip(known).collect();
        let failed = self.failed.take();
        let is_again = new.is_empty() && failed.is_some();
        if let Some((why, since)) = failed.filter(|_| new.is_empty()) {
            let wait_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.run.retry(Retry { why, wait_ms });
        }
        for said in new {
            if let Some(text) = prompt(said) {
                self.run.turn(host::Turn::text(Role::User, text), None);
            }
        }
        self.seen = match asked.previous {
            Some(_) => self.seen.iter().copied().chain(hashes(asked)).collect(),
            None => hashes(asked),
        };
        is_again
    }

    /// Puts a tool's result into the call that it answers. Whether there is one.
    pub(super) fn answer(&mut self, id: &str, tool: &str, text: &str, is_error: bool) -> bool {
        let is_asked = |open: &OpenCall| if id.is_empty() { open.call.tool == tool } else { open.call.id == id };
        let Some(found) = self.open.iter().position(is_asked) else { return false };
        let OpenCall { turn, place, mut call, since } = self.open.remove(found);
        *(if is_error { &mut call.error } else { &mut call.result }) = Some(text.to_owned());
        call.ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.run.tool_call(turn, place, call);
        true
    }

    /// The model answered at the turn `turn`.
    pub(super) fn answered(&mut self, reply: &ChatReply, turn: usize, calls: Vec<ToolCall>) {
        self.failed = None;
        self.answers.extend(reply.request_id.clone());
        let since = Instant::now();
        let open = calls.into_iter().enumerate().map(|(place, call)| OpenCall { turn, place, call, since });
        self.open.extend(open);
    }
}

fn prompt(said: &Said) -> Option<&str> {
    match said {
        Said::User(text) => Some(text),
        Said::Assistant | Said::ToolResult { .. } => None,
    }
}

/// What the agent said itself. What the model said comes back in other words: clients write it anew.
fn hashes(asked: &Asked) -> Vec<u64> {
    let own = asked.said.iter().filter(|said| !said.is_assistant());
    own.map(|said| {
        let mut hasher = DefaultHasher::new();
        said.hash(&mut hasher);
        hasher.finish()
    })
    .collect()
}
