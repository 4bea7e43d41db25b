//! Recorded exchanges: kept beside the test, and served instead of asking anybody.
//!
//! `chat` is the seam to models. A request is looked up in the `tape` of its iteration, which reads and writes one
//! `file`; requests are compared in their `normal` form.

mod answer;
mod chat;
mod error;
mod file;
mod json;
mod keep;
#[cfg(feature = "mcp")]
mod mcp;
mod miss;
mod normal;
#[cfg(feature = "tap")]
mod tap;
mod tape;

pub(crate) use chat::Exchange;
#[cfg(feature = "mcp")]
pub(crate) use mcp::{answered, open};
#[cfg(feature = "tap")]
pub(crate) use tap::{Taping, passing};
pub use tape::end_iteration;

/// Whether a recording may stand in for what would be asked.
pub(crate) fn may_replay() -> bool {
    use aitest_runtime::host::{CassetteMode, cassette_mode};
    matches!(cassette_mode(), CassetteMode::Replay | CassetteMode::Auto)
}
