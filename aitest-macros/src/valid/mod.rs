//! The meaning of what was parsed. Every error is collected before one is reported.

pub(crate) mod arguments;
pub(crate) mod attributes;
mod cases;
mod function;
mod gate;
mod known_flaky;
mod session;
mod test;
mod values;

pub(crate) use session::session;
pub(crate) use test::test;
