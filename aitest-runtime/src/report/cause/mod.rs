//! Why iterations did not pass: failures with the same cause together.

mod group;
mod pattern;

#[cfg(feature = "html")]
pub(crate) use group::one_line;
pub(crate) use group::{Group, Seen, group};
