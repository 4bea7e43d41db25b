//! The meaning of what was parsed. Every error is collected before one is reported.

pub(crate) mod arguments;
pub(crate) mod attributes;
mod function;
mod gate;
mod known_flaky;
mod test;
mod values;

pub(crate) use test::test;
