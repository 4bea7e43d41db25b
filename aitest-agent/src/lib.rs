//! Agents, providers and tool servers of `aitest`.

#[cfg(any(feature = "tap", feature = "testing"))]
mod address;
#[cfg(feature = "agent")]
mod agent;
#[cfg(feature = "agent")]
mod child;
#[cfg(feature = "agent")]
mod cli;
#[cfg(feature = "agent")]
mod clock;
#[cfg(any(feature = "agent", feature = "tap", feature = "testing"))]
mod io;
#[cfg(any(feature = "tap", feature = "testing"))]
mod loopback;
#[cfg(feature = "mcp")]
mod mcp;
#[cfg(any(feature = "agent", feature = "tap"))]
mod provider;
#[cfg(feature = "agent")]
mod secretive;
#[cfg(feature = "tap")]
mod tap;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(any(feature = "agent", feature = "tap"))]
mod text;

#[cfg(feature = "agent")]
pub use agent::{
    Agent, AgentError, AgentResult, ArgumentError, ClarificationDetection, ClarificationStats, McpPrompt,
    McpPromptArgument, MissingValue, RunRequest, Session, StopReason, ToolCall, ToolInfo, Turn,
};
#[cfg(feature = "agent")]
pub use cli::{CliError, CliErrorKind, CliServer, Shell};
#[cfg(feature = "mcp")]
pub use mcp::{
    McpConfigError, McpError, McpErrorKind, McpResource, McpResourceContent, McpServer, Wait, load_mcp_config,
};
#[cfg(any(feature = "agent", feature = "tap"))]
pub use provider::{AssistantMessage, ChatReply, ProviderError, ProviderErrorKind, ToolCallRequest, Wire};
#[cfg(feature = "agent")]
pub use provider::{
    BoxFuture, ChatRequest, Image, Message, Model, Provider, ReasoningEffort, RequestOptions, ToolDefinition,
};
#[cfg(feature = "tap")]
pub use tap::{Tap, TapExt};

/// What the facade calls. Not public API.
#[cfg(any(feature = "agent", feature = "tap"))]
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "agent")]
    pub use crate::child::reap_children;
    pub use crate::provider::install_crypto_provider;
}
