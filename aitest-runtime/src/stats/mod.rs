//! What counts and numbers say: pure functions, no IO, no clock.

mod summary;
mod verdict;

pub use summary::{Row, TestSummary, percent_text};
pub use verdict::judge;
