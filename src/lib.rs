//! aitest

#[doc(inline)]
pub use aitest_macros::aitest;
pub use aitest_macros::aitest as test;
pub use aitest_runtime::{Error, Iteration, Result, ResultExt};

/// The seam that generated code names. Not public API.
#[doc(hidden)]
pub mod __private;
