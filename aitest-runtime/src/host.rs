//! The one module that `aitest-agent` sees of a running test. Outside any test it answers with defaults, so that an
//! `Agent` works in a plain `main`.

use std::sync::{Arc, OnceLock};

pub use crate::case::Model;
use crate::collector::TestScope;
pub use crate::collector::{
    AgentRun, AgentRunStart, CassetteEvent, CassettePlace, Iteration, RunEnd, Setup, Waiting, cassette_event,
    cassette_failed, cassette_mode, cassette_place, test_name, warn,
};
pub use crate::limits::{Ledger, held_back, max_in_flight, missing_price, run_folder, shared_path};
pub use crate::record::{
    AgentIdentity, Assertion, CassetteMode, Cost, FailureKind, HeldBack, IterationKey, Retry, Role, TestId, TokenUsage,
    ToolCall, ToolImage, ToolSpec, Turn,
};
pub use crate::redact::{redact, secret};

/// The current iteration waits while the guard lives: in a limiter, in back-off, or for the start of a
/// tool server.
pub fn waiting() -> Waiting {
    Waiting::begin(Iteration::current())
}

/// Has `act` done when `iteration` ends, before its record is taken: it may still record. Whether the iteration has not
/// ended yet; if it has, nothing is done.
pub fn at_end(iteration: &Iteration, act: impl FnOnce() + Send + 'static) -> bool {
    iteration.at_end(act)
}

/// The cost of `usage` on `model` (`provider/model`); `None` when its price is unknown.
pub fn cost_of(model: &str, usage: &TokenUsage) -> Option<Cost> {
    crate::price::cost_of(model, usage)
}

/// The current test's one value of type `T`, made on first use; outside a test, the process's.
pub fn slot<T: Default + Send + Sync + 'static>() -> Arc<T> {
    static OUTSIDE: OnceLock<TestScope> = OnceLock::new();
    match Iteration::current() {
        Some(it) => it.test().slot(),
        None => OUTSIDE.get_or_init(TestScope::default).slot(),
    }
}

/// The one value of type `T` of the iteration's test, made on first use.
pub fn slot_of<T: Default + Send + Sync + 'static>(it: &Iteration) -> Arc<T> {
    it.test().slot()
}

/// Adds an assertion to the current iteration's record; outside a test it is nobody's. Nothing fails by it.
pub fn record_assertion(assertion: Assertion) {
    if let Some(it) = Iteration::current() {
        it.assertion(assertion);
    }
}

/// The model of agents that name none, `provider/model`: the process's setting; before it began, the variable
/// `AITEST_MODEL` alone.
pub fn model() -> Option<String> {
    crate::collector::model()
}

/// The model that judges where nobody names one, `provider/model`: the process's setting; before it began, the variable
/// `AITEST_LLM_MODEL` alone.
pub fn judge_model() -> Option<String> {
    crate::collector::judge_model()
}
