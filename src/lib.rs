//! A test attribute that runs a test N times and shows how reliable its subject is.

#[doc(inline)]
pub use aitest_macros::aitest;
#[doc(no_inline)]
pub use aitest_macros::aitest as test;

#[cfg(feature = "agent")]
pub use aitest_agent::{Agent, AgentError, AgentResult, Provider, ProviderError, RunRequest, StopReason};
#[cfg(feature = "mcp")]
pub use aitest_agent::{McpError, McpServer, Wait};
pub use aitest_runtime::record::{Cost, TokenUsage};
pub use aitest_runtime::redact::secret;
pub use aitest_runtime::{Error, Iteration, Result, ResultExt, attach, note, record_cost, record_usage, spawn};

#[cfg(feature = "testing")]
#[doc(inline)]
pub use aitest_agent::testing;

#[doc(hidden)]
pub mod __private;
