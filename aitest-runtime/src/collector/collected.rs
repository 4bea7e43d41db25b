use std::backtrace::Backtrace;

use super::Marked;
use super::steps::OpenStep;
use crate::record::{Assertion, Attachment, Cost, FailureKind, Retry, Spend, Step, Turn};
use crate::{price, redact};

/// What an iteration has left behind so far.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) agent: Spend,
    pub(crate) judge: Spend,
    pub(crate) agents: Vec<String>,
    pub(crate) setups: Vec<String>,
    /// What the test said of its own agent.
    pub(crate) own_agent: Option<OwnAgent>,
    pub(crate) turns: Vec<Turn>,
    pub(crate) final_response: Option<String>,
    pub(crate) retries: Vec<Retry>,
    pub(crate) notes: Vec<String>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) assertions: Vec<Assertion>,
    /// Whether an agent asked the model that the setting `model` names.
    pub(crate) follows_model: bool,
    /// The steps of a session, in order.
    pub(crate) steps: Vec<Step>,
    pub(crate) open_step: Option<OpenStep>,
    /// Agent runs that began, and those of them that got an answer from a model.
    pub(crate) runs_started: u32,
    pub(crate) runs_answered: u32,
    /// How the last agent run that ended failed; `None` when it did not.
    pub(crate) last_run_failure: Option<RunFailure>,
    /// Reported by the test itself.
    pub(crate) infrastructure: Option<RunFailure>,
    /// Errors that `.infrastructure()` marked: one counts when it ends the body.
    pub(crate) marked: Vec<Marked>,
    /// A model that was used and has no price.
    pub(crate) unpriced_model: Option<String>,
    pub(crate) panics: Vec<Panicked>,
    /// Message and place of each task that panicked.
    pub(crate) task_panics: Vec<String>,
    /// The iteration's record is written: what comes now is lost.
    pub(crate) closed: bool,
}

/// An agent of the test's own, as the test names it.
#[derive(Clone, Debug)]
pub(crate) struct OwnAgent {
    pub(crate) name: String,
    /// `provider/model`, or a model alone.
    pub(crate) model: String,
}

impl Collected {
    /// Notes what an agent was given.
    pub(crate) fn add_setup(&mut self, id: Option<String>) {
        let new = id.filter(|id| !self.setups.contains(id));
        self.setups.extend(new);
    }

    /// Notes that the agent `label` ran.
    pub(crate) fn add_agent(&mut self, label: &str) {
        if !self.agents.iter().any(|known| known == label) {
            self.agents.push(label.to_owned());
        }
    }

    /// Notes `model` when its price is why `cost` is unknown.
    pub(crate) fn note_price(&mut self, model: &str, cost: Option<Cost>) {
        if cost.is_none() && self.unpriced_model.is_none() && !price::is_priced(model) {
            self.unpriced_model = Some(redact::redact(model));
        }
    }
}

/// An infrastructure failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunFailure {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
    /// Whether another attempt may go better.
    pub(crate) transient: bool,
    pub(crate) location: Option<String>,
}

/// A panic that the hook saw in this iteration. Symbolising is expensive, so the frames wait here.
#[derive(Debug)]
pub(crate) struct Panicked {
    pub(crate) message: String,
    pub(crate) location: Option<String>,
    pub(crate) backtrace: Option<Backtrace>,
}
