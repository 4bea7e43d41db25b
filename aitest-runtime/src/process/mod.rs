//! One process of a run, from its first test to its exit: the composition root.

mod aside;
mod baseline;
mod begin;
mod cassettes;
mod earlier;
mod exit;
mod exit_code;
mod folder;
mod git;
mod live;
mod log;
mod old_runs;
mod parts;
mod render;
mod resume;
mod run_id;
mod spec;
mod start;
mod test;

pub use parts::{Parts, install};
pub use spec::{Options, RuntimeFlavor, TestSpec};

pub(crate) use begin::begin;
pub(crate) use test::Begun;
