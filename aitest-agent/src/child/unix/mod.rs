//! Unix: every child leads a process group of its own, so that what it starts can be ended with it.
//!
//! One thread, `aitest-spawner`, spawns and ends all children: a test's thread never waits for a `fork`, and children
//! that are about to end are watched in one place. A watchdog process ends what is left when this process is killed.

mod process;
mod registry;
mod signal;
mod spawner;
mod watchdog;

pub(crate) use process::{ChildProcess, Stdout, spawn};
pub use registry::reap_children;
