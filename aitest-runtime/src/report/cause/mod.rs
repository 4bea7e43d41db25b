//! Why iterations did not pass: failures with the same cause together.

mod group;
mod pattern;

pub(crate) use group::{Group, Seen, group};
