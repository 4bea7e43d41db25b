//! The generated code. It names `__private` of the facade and `::core`, and nothing else.

mod cases;
mod plain;
mod run;
mod session;
mod source;
mod spec;
mod test;

pub(crate) use session::session;
pub(crate) use test::test;
