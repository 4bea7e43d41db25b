//! Agents, providers and tool servers of `aitest`.

#[cfg(any(feature = "tap", feature = "testing"))]
mod address;
#[cfg(feature = "agent")]
mod agent;
#[cfg(feature = "cassette")]
mod cassette;
#[cfg(all(any(feature = "agent", feature = "tap"), not(feature = "cassette")))]
#[path = "no_cassette/mod.rs"]
mod cassette;
#[cfg(feature = "agent")]
mod child;
#[cfg(feature = "agent")]
mod cli;
#[cfg(feature = "agent")]
mod clock;
#[cfg(feature = "agent")]
mod evals;
#[cfg(feature = "agent")]
mod files;
#[cfg(any(feature = "agent", feature = "tap", feature = "testing"))]
mod io;
#[cfg(feature = "agent")]
mod load;
#[cfg(any(feature = "tap", feature = "testing"))]
mod loopback;
#[cfg(feature = "mcp")]
mod mcp;
#[cfg(feature = "mcp")]
mod plugin;
#[cfg(any(feature = "agent", feature = "tap"))]
mod provider;
#[cfg(any(feature = "agent", feature = "tap"))]
mod secretive;
#[cfg(feature = "agent")]
mod skill;
#[cfg(feature = "tap")]
mod tap;
#[cfg(feature = "tracing")]
mod telemetry;
#[cfg(all(feature = "agent", not(feature = "tracing")))]
#[path = "no_telemetry.rs"]
mod telemetry;
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
#[cfg(feature = "agent")]
pub use evals::{Grading, SkillEval, export_grading, load_skill_evals};
#[cfg(feature = "agent")]
pub use files::{
    CustomAgent, InstructionFile, PromptFile, PromptSource, SystemPrompt, load_custom_agent, load_custom_agents,
    load_instruction_file, load_instruction_files, load_prompt, load_prompt_file, load_prompt_files, load_prompts,
    load_system_prompts,
};
#[cfg(feature = "agent")]
pub use load::{Folder, LoadError, LoadErrorKind};
#[cfg(feature = "mcp")]
pub use mcp::{
    McpConfigError, McpError, McpErrorKind, McpResource, McpResourceContent, McpServer, ToolListing, Wait,
    load_mcp_config,
};
#[cfg(feature = "mcp")]
pub use plugin::{Hook, Plugin, load_plugin};
#[cfg(any(feature = "agent", feature = "tap"))]
pub use provider::{AssistantMessage, ChatReply, ProviderError, ProviderErrorKind, ToolCallRequest, Wire};
#[cfg(feature = "agent")]
pub use provider::{
    BoxFuture, ChatRequest, Image, Message, Model, Provider, ReasoningEffort, RequestOptions, ToolDefinition,
};
#[cfg(feature = "agent")]
pub use skill::{Skill, SkillReference, load_skills};
#[cfg(feature = "tap")]
pub use tap::{Tap, TapExt};

/// What the facade calls. Not public API.
#[cfg(any(feature = "agent", feature = "tap"))]
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "cassette")]
    pub use crate::cassette::end_iteration;
    #[cfg(feature = "agent")]
    pub use crate::child::reap_children;
    pub use crate::provider::install_crypto_provider;
}
