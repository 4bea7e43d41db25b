//! The runtime of `aitest`: everything that happens to a test. No HTTP stack.
//!
//! Users depend on the crate `aitest`; what is public here serves it and its companions.

pub mod record;

pub mod price;
pub mod redact;

pub mod stats;

pub mod report;

mod collector;
mod error;
mod hash;

pub mod host;

#[doc(hidden)]
pub mod private;

pub use collector::{Iteration, warn};
pub use error::{Error, Result, ResultExt};
