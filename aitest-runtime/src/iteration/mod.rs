//! The iteration engine: 1 to N, bounded concurrency, caught panics, time limits, attempts.

mod assertion;
mod body;
mod course;
mod drive_async;
mod drive_sync;
mod grade;
mod guard;
mod holder;
mod money;
mod panic_hook;
mod payload;
mod start;
mod state;
mod test_run;
mod watch;
mod workers;

#[cfg(test)]
mod tests;

pub use body::{BodyFailure, BodyResult};
pub use grade::ShouldPanic;

pub(crate) use drive_async::drive_async;
pub(crate) use drive_sync::drive_sync;
pub(crate) use panic_hook::install as install_panic_hook;
pub(crate) use start::{IterationLog, Kept, TestStart};
pub(crate) use test_run::{TestRun, now_ms};
pub(crate) use watch::{Progress, watch};
