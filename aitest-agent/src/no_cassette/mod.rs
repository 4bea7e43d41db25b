//! What stands for cassettes where they are not compiled in: everybody is asked, nothing is kept.

#[cfg(feature = "agent")]
mod chat;
#[cfg(feature = "mcp")]
mod mcp;
#[cfg(feature = "tap")]
mod tap;

#[cfg(feature = "agent")]
pub(crate) use chat::{Exchange, may_replay};
#[cfg(feature = "mcp")]
pub(crate) use mcp::{answered, open};
#[cfg(feature = "tap")]
pub(crate) use tap::{Taping, passing};
