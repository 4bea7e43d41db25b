//! A test attribute that runs a test N times and shows how reliable its subject is.

#[doc(inline)]
pub use aitest_macros::aitest;
#[doc(no_inline)]
pub use aitest_macros::aitest as test;

pub use aitest_runtime::record::{Cost, TokenUsage};
pub use aitest_runtime::redact::secret;
pub use aitest_runtime::{Error, Iteration, Result, ResultExt, attach, note, record_cost, record_usage, spawn};

#[doc(hidden)]
pub mod __private;
