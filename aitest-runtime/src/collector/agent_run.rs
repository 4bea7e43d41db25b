use super::collected::RunFailure;
use super::setup::{self, Setup};
use super::{Iteration, warn};
use crate::record::{AgentIdentity, Cost, FailureKind, Retry, Role, Spend, TokenUsage, ToolCall, Turn};
use crate::{price, redact};

/// What is warned of when an iteration has ended.
const LATE: &str = "an agent ran";

/// How an agent run begins.
#[derive(Clone, Debug)]
pub struct AgentRunStart {
    /// Who runs.
    pub agent: AgentIdentity,
    /// The system prompt.
    pub system: Option<String>,
    /// The prompt; `None` for a run that goes on after a tool's result.
    pub prompt: Option<String>,
    /// How many messages of an earlier conversation the run begins with.
    pub context: usize,
    /// What the agent is given beside; `None` when it is not known.
    pub setup: Option<Setup>,
}

/// How an agent run ended.
#[derive(Clone, Debug)]
pub enum RunEnd {
    /// A model answered at least once; whether the task was done is the test's judgement.
    Answered {
        /// The last answer, if the model got that far.
        final_response: Option<String>,
    },
    /// The infrastructure failed.
    Failed {
        /// What failed.
        kind: FailureKind,
        /// The message that the user sees.
        message: String,
        /// Whether another attempt may go better.
        transient: bool,
    },
}

/// An agent run that is being recorded, into the iteration in which it began. Outside a test it records nothing.
#[derive(Debug)]
pub struct AgentRun {
    iteration: Option<Iteration>,
    agent: AgentIdentity,
}

impl AgentRun {
    /// Begins a run in the current iteration.
    pub fn begin(start: AgentRunStart) -> Self {
        AgentRun::begin_in(Iteration::current(), start)
    }

    /// Begins a run in `iteration`. A name that the test gave to its own agent is the run's when it has none.
    pub fn begin_own(iteration: Iteration, mut start: AgentRunStart) -> Self {
        let name = iteration.collected().own_agent.as_ref().map(|agent| agent.name.clone());
        start.agent.name = start.agent.name.or(name);
        AgentRun::begin_in(Some(iteration), start)
    }

    fn begin_in(iteration: Option<Iteration>, start: AgentRunStart) -> Self {
        let run = AgentRun { iteration, agent: start.agent };
        if let Some(it) = &run.iteration {
            let prompt = start.prompt.map(|text| Turn::text(Role::User, redact::redact(&text)));
            let label = redact::redact(&run.agent.label());
            let setup = start.setup.map(|setup| setup::id_of(&run.agent, start.system.as_deref(), setup));
            let system = start.system.map(|text| Turn::text(Role::System, redact::redact(&text)));
            let mut collected = it.adds(LATE);
            collected.runs_started += 1;
            collected.follows_model |= run.agent.follows_setting;
            collected.add_setup(setup);
            let said = continued(&collected.turns, system, start.context);
            collected.turns.extend(said.into_iter().flatten().chain(prompt));
            collected.add_agent(&label);
        }
        run
    }

    /// Records a turn and charges its usage: at `cost`, when the provider named it, else by the price table. Returns its
    /// place, for [`AgentRun::tool_call`].
    pub fn turn(&self, turn: Turn, cost: Option<Cost>) -> usize {
        let Some(it) = &self.iteration else { return 0 };
        let turn = redact::redact_turn(turn);
        let model = self.agent.model_name();
        let spend = turn.usage.map(|usage| {
            let cost = cost.or_else(|| price::cost_of(&model, &usage));
            Spend { usage, cost, unpriced: u64::from(cost.is_none()) }
        });
        let mut collected = it.adds(LATE);
        if let Some(spend) = spend {
            collected.note_price(&model, spend.cost);
            collected.agent += spend;
        } else if turn.role == Role::Assistant {
            collected.agent += Spend { unpriced: 1, ..Spend::default() };
        }
        collected.turns.push(turn);
        collected.turns.len() - 1
    }

    /// Charges a request to the model `model`, `provider/model`, that judged this run.
    pub fn judged(&self, model: &str, usage: Option<TokenUsage>) {
        let Some(it) = &self.iteration else { return };
        let cost = usage.and_then(|usage| price::cost_of(model, &usage));
        let spend = Spend { usage: usage.unwrap_or_default(), cost, unpriced: u64::from(cost.is_none()) };
        let mut collected = it.collected();
        collected.note_price(model, cost);
        collected.judge += spend;
    }

    /// Replaces call number `call` of the turn at `turn` by what is now known of it.
    pub fn tool_call(&self, turn: usize, call: usize, state: ToolCall) {
        let Some(it) = &self.iteration else { return };
        let state = redact::redact_call(state);
        if let Some(slot) = it.adds(LATE).turns.get_mut(turn).and_then(|turn| turn.calls.get_mut(call)) {
            *slot = state;
        }
    }

    /// Records a request that is sent again.
    pub fn retry(&self, retry: Retry) {
        if let Some(it) = &self.iteration {
            it.adds(LATE).retries.push(Retry { why: redact::redact(&retry.why), ..retry });
        }
    }

    /// Records the end, or how it stands: the last one counts.
    pub fn end(&self, end: RunEnd) {
        let Some(it) = &self.iteration else { return };
        let mut collected = it.adds(LATE);
        match end {
            RunEnd::Answered { final_response } => {
                collected.runs_answered += 1;
                collected.last_run_failure = None;
                collected.final_response = final_response.map(|text| redact::redact(&text));
            }
            RunEnd::Failed { kind, message, transient } => {
                let message = redact::redact(&message);
                collected.last_run_failure = Some(RunFailure { kind, message, transient, location: None });
            }
        }
    }

    /// A warning that stands in the report once.
    pub fn warn(&self, code: &'static str, message: &str) {
        warn(code, message);
    }
}

/// What stands before the prompt: the system prompt, unless a continued conversation has shown it, and that there is a
/// conversation which this transcript does not show.
fn continued(turns: &[Turn], system: Option<Turn>, context: usize) -> [Option<Turn>; 2] {
    let shown = turns.iter().rev().find(|turn| turn.role == Role::System);
    let system = system.filter(|system| context == 0 || shown != Some(system));
    let note = (context > 0 && turns.is_empty())
        .then(|| Turn::text(Role::Note, format!("continues a conversation of {context} messages")));
    [note, system]
}
