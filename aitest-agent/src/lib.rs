//! Agents, providers and tool servers of `aitest`.

#[cfg(feature = "agent")]
mod agent;
#[cfg(feature = "agent")]
mod child;
#[cfg(feature = "agent")]
mod cli;
#[cfg(feature = "agent")]
mod clock;
#[cfg(any(feature = "agent", feature = "testing"))]
mod io;
#[cfg(feature = "agent")]
mod load;
#[cfg(feature = "mcp")]
mod mcp;
#[cfg(feature = "agent")]
mod provider;
#[cfg(feature = "agent")]
mod secretive;
#[cfg(feature = "agent")]
mod skill;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "agent")]
mod text;

#[cfg(feature = "agent")]
pub use agent::{
    Agent, AgentError, AgentResult, ArgumentError, ClarificationDetection, ClarificationStats, McpPrompt,
    McpPromptArgument, MissingValue, RunRequest, Session, StopReason, ToolCall, ToolInfo, Turn,
};
#[cfg(feature = "agent")]
pub use cli::{CliError, CliErrorKind, CliServer, Shell};
#[cfg(feature = "agent")]
pub use load::{Folder, LoadError, LoadErrorKind};
#[cfg(feature = "mcp")]
pub use mcp::{
    McpConfigError, McpError, McpErrorKind, McpResource, McpResourceContent, McpServer, Wait, load_mcp_config,
};
#[cfg(feature = "agent")]
pub use provider::{
    AssistantMessage, BoxFuture, ChatReply, ChatRequest, Image, Message, Model, Provider, ProviderError,
    ProviderErrorKind, ReasoningEffort, RequestOptions, ToolCallRequest, ToolDefinition,
};
#[cfg(feature = "agent")]
pub use skill::{Skill, SkillReference, load_skills};

/// What the facade calls. Not public API.
#[cfg(feature = "agent")]
#[doc(hidden)]
pub mod __private {
    pub use crate::child::reap_children;
    pub use crate::provider::install_crypto_provider;
}
