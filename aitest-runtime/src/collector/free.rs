use std::fmt::Display;
use std::future::Future;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::{Iteration, warn};
use crate::record::TokenUsage;

/// `tokio::spawn` that carries the current iteration into the task: what the task records, and where it panics, is
/// the iteration's. Outside an iteration it is `tokio::spawn` alone.
///
/// # Panics
/// Outside a tokio runtime, as `tokio::spawn`.
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    match Iteration::current() {
        Some(it) => tokio::spawn(it.scope(future)),
        None => tokio::spawn(future),
    }
}

/// [`Iteration::record_usage`] of the current iteration; outside one it warns.
pub fn record_usage(model: &str, usage: TokenUsage) {
    with_current("record_usage", |it| it.record_usage(model, usage));
}

/// [`Iteration::record_cost`] of the current iteration; outside one it warns.
pub fn record_cost(usd: f64) {
    with_current("record_cost", |it| it.record_cost(usd));
}

/// [`Iteration::set_agent`] of the current iteration; outside one it warns.
pub fn set_agent(name: impl AsRef<str>, model: impl AsRef<str>) {
    with_current("set_agent", |it| it.set_agent(name, model));
}

/// [`Iteration::record_system_prompt`] of the current iteration; outside one it warns.
pub fn record_system_prompt(text: impl AsRef<str>) {
    with_current("record_system_prompt", |it| it.record_system_prompt(text));
}

/// [`Iteration::record_prompt`] of the current iteration; outside one it warns.
pub fn record_prompt(text: impl AsRef<str>) {
    with_current("record_prompt", |it| it.record_prompt(text));
}

/// [`Iteration::record_turn`] of the current iteration; outside one it warns.
pub fn record_turn(text: impl AsRef<str>, usage: impl Into<Option<TokenUsage>>, duration: Duration) {
    with_current("record_turn", |it| it.record_turn(text, usage, duration));
}

/// [`Iteration::record_tool_call`] of the current iteration; outside one it warns.
pub fn record_tool_call(
    name: impl AsRef<str>,
    arguments: impl Display,
    result: Result<impl Display, impl Display>,
    duration: Duration,
) {
    with_current("record_tool_call", |it| it.record_tool_call(name, arguments, result, duration));
}

/// [`Iteration::note`] of the current iteration; outside one it warns.
pub fn note(text: impl AsRef<str>) {
    with_current("note", |it| it.note(text));
}

/// [`Iteration::attach`] of the current iteration; outside one it warns.
pub fn attach(name: impl AsRef<str>, text: impl AsRef<str>) {
    with_current("attach", |it| it.attach(name, text));
}

fn with_current(function: &str, act: impl FnOnce(&Iteration)) {
    match Iteration::current() {
        Some(it) => act(&it),
        None => warn(
            "outside_an_iteration",
            &format!(
                "aitest::{function} was called outside an iteration and recorded nothing: spawn tasks with aitest::spawn, \
                 or carry the iteration with Iteration::scope"
            ),
        ),
    }
}
