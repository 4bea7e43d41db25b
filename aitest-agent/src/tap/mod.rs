//! The tap: a server on loopback between an agent of the user's own and its model, which records what passes.
//!
//! A request goes `server` (whose is it) → `forward` (may it be sent, what was asked) → `upstream` (the one place where
//! an exchange passes) → `tee` (the answer, to the agent and to the record).

mod builder;
mod conversation;
mod exchange;
mod failure;
mod forward;
mod headers;
mod line;
mod reading;
mod refusal;
mod server;
mod sse;
mod tee;
mod transcript;
mod unrecorded;
mod upstream;

pub use builder::{Tap, TapExt};
