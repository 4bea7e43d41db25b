//! Unix: every child leads a process group of its own, so that what it starts can be ended with it.
//!
//! One thread, `aitest-spawner`, spawns and ends all children: a test's thread never waits for a `fork`, and children
//! that are about to end are watched in one place. A watchdog process ends what is left when this process is killed.
//!
//! Linux's `PR_SET_PDEATHSIG` would do that without a watchdog, but not for grandchildren, and it has to be set between
//! `fork` and `exec`: the standard library then forks instead of calling `posix_spawn`, which costs about 1 ms of CPU
//! for a process of 20 MiB and 9 ms for one of 100 MiB.

mod process;
mod registry;
mod signal;
mod spawner;
mod watchdog;

pub(crate) use process::{ChildProcess, spawn};
#[cfg(feature = "mcp")]
pub(crate) use process::{Stdin, Stdout};
pub use registry::reap_children;
