//! Recorded exchanges: kept beside the test, and served instead of asking anybody.
//!
//! `chat` is the seam to models, `mcp` to tool servers, `tap` to agents of the user's own. A request is looked up among
//! the `tapes` of a test: each `tape` reads and writes the one `file` of its iteration, and compares requests in their
//! `normal` form.

mod answer;
mod chat;
mod error;
mod file;
mod json;
mod keep;
mod known;
#[cfg(feature = "mcp")]
mod mcp;
mod miss;
mod normal;
mod recording;
#[cfg(feature = "tap")]
mod tap;
mod tape;
mod tapes;

pub(crate) use chat::Exchange;
#[cfg(feature = "mcp")]
pub(crate) use mcp::{answered, open};
#[cfg(feature = "tap")]
pub(crate) use tap::{Taping, passing};
pub use tapes::end_iteration;

/// Whether a recording may stand in for what would be asked.
pub(crate) fn may_replay() -> bool {
    use aitest_runtime::host::{CassetteMode, cassette_mode};
    matches!(cassette_mode(), CassetteMode::Replay | CassetteMode::Auto)
}
