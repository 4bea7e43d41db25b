//! Whether an agent asked back instead of doing the task, as another model judges it.

mod detection;
mod judge;
mod verdict;

pub(crate) use detection::Level;
pub use detection::{ClarificationDetection, ClarificationStats};
pub(crate) use judge::{Judge, Judgement};
