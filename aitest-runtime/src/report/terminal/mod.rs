//! The block that a test binary prints after its last line.

mod agents;
mod baseline;
mod block;
mod causes;
mod factors;
mod facts;
mod options;
mod row;
mod verdicts;

pub use block::terminal_block;
pub use options::{Output, TerminalOptions};
