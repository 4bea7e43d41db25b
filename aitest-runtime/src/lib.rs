//! The runtime of `aitest`: everything that happens to a test. No HTTP stack.
//!
//! Users depend on the crate `aitest`; what is public here serves it and its companions.

pub mod record;

pub mod config;

pub mod price;
pub mod redact;

pub mod stats;

mod hash;

mod iteration;

mod process;

mod journal;

mod collector;
mod error;

pub mod host;

pub use process::{Parts, install};

#[doc(hidden)]
pub mod private;

pub use collector::{Iteration, warn};
pub use error::{Error, Result, ResultExt};
