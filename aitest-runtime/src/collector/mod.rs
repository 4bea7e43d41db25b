//! What the current iteration used: the handle through which a running iteration is measured.

mod agent_run;
mod clock;
mod collected;
mod scope;
mod warning;

pub use agent_run::{AgentRun, AgentRunStart, RunEnd};
pub use clock::Waiting;
pub use scope::{Iteration, TestScope};
pub use warning::warn;

pub(crate) use collected::{Collected, Panicked, RunFailure};
pub(crate) use scope::{IterationStart, lock};
pub(crate) use warning::{WarningSink, set_warning_sink};
