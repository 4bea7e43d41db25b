//! Child processes that are gone when their owner is, whatever ends the test.

#[cfg_attr(unix, path = "unix/mod.rs")]
#[cfg_attr(not(unix), path = "other.rs")]
mod platform;
mod program;

pub use platform::reap_children;
pub(crate) use platform::{ChildProcess, spawn};
#[cfg(feature = "mcp")]
pub(crate) use platform::{Stdin, Stdout};
#[cfg(feature = "mcp")]
pub(crate) use program::program;
pub(crate) use program::{find, not_found};
