//! Child processes that are gone when their owner is, whatever ends the test.

#[cfg_attr(unix, path = "unix/mod.rs")]
#[cfg_attr(not(unix), path = "other.rs")]
mod platform;

pub use platform::reap_children;
pub(crate) use platform::{ChildProcess, Stdin, Stdout, spawn};
