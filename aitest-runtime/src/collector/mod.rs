//! What the current iteration used: the handle through which a running iteration is measured.

mod agent_run;
mod by_hand;
mod cassettes;
mod clock;
mod collected;
mod endings;
mod free;
mod marked;
mod models;
mod scope;
mod setup;
mod steps;
mod task;
mod test_scope;
mod warning;

pub use agent_run::{AgentRun, AgentRunStart, RunEnd};
pub use cassettes::{
    CassetteEvent, CassettePlace, cassette_event, cassette_failed, cassette_mode, cassette_place, test_name,
};
pub use clock::Waiting;
pub use free::{
    attach, note, record_cost, record_prompt, record_system_prompt, record_tool_call, record_turn, record_usage,
    set_agent, spawn,
};
pub use scope::Iteration;
pub use setup::Setup;
pub use warning::warn;

pub(crate) use cassettes::{cassette_use, set_cassette_mode};
pub(crate) use models::{judge_model, model, set_models};

pub(crate) use collected::{Collected, Panicked, RunFailure};
pub(crate) use marked::{Marked, write_error, writes_marked};
pub(crate) use scope::{IterationStart, lock};
pub(crate) use setup::set_setup_sink;
pub(crate) use task::text_of;
pub(crate) use test_scope::TestScope;
pub(crate) use warning::set_warning_sink;
