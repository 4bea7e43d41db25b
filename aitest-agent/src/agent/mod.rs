//! The agent: a model with tools that works on a prompt until it has an answer.

mod builder;
mod conversation;
mod error;
mod offer;
mod recording;
mod request;
mod result;
mod run;
mod stop;
mod subset;
mod tool_name;
mod toolbox;

pub use builder::Agent;
pub use error::AgentError;
pub use request::RunRequest;
pub use result::AgentResult;
pub use stop::StopReason;

pub(crate) use toolbox::{ToolOutcome, ToolServer, ToolSession};
