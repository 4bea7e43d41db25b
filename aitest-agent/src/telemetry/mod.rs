//! Spans of agent runs, by OpenTelemetry's conventions for generative AI. Without what was said: prompts, answers,
//! arguments and results stay out of them.

mod chat;
mod invoke_agent;
mod names;
mod tool;

pub(crate) use chat::{chat, retried};
pub(crate) use invoke_agent::invoke_agent;
pub(crate) use tool::execute_tool;
