//! The runtime of `aitest`: everything that happens to a test. No HTTP stack.
//!
//! Users depend on the crate `aitest`; what is public here serves it and its companions. The modules from top to
//! bottom: each imports only from those below it.

#[doc(hidden)]
pub mod private;

mod process;

pub mod host;

mod iteration;
pub mod report;

pub mod stats;

pub mod config;
mod journal;

mod limits;

mod collector;
mod error;

pub mod price;
pub mod redact;

mod case;
mod hash;
pub mod record;

pub use case::{Case, Model};
pub use collector::{
    Iteration, attach, note, record_cost, record_prompt, record_system_prompt, record_tool_call, record_turn,
    record_usage, set_agent, spawn, warn,
};
pub use error::{Error, Result, ResultExt};
pub use process::{Parts, install};
