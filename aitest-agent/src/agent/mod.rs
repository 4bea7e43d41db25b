//! The agent: a model with tools that works on a prompt until it has an answer.

mod builder;
mod clarification;
mod conversation;
mod error;
mod images;
mod made_of;
mod offer;
mod recording;
mod request;
mod result;
mod run;
mod servers;
mod session;
mod setup;
mod stop;
mod subset;
mod tool_name;
mod toolbox;
mod values;

pub use builder::Agent;
pub use clarification::{ClarificationDetection, ClarificationStats};
pub use error::AgentError;
pub use request::RunRequest;
pub use result::{AgentResult, ArgumentError, McpPrompt, McpPromptArgument, ToolCall, ToolInfo, Turn};
pub use session::Session;
pub use stop::StopReason;
pub use values::MissingValue;

pub(crate) use made_of::PromptPart;
pub(crate) use toolbox::{AllowedTools, ToolOutcome, ToolServer, ToolSession};
