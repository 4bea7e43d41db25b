//! What a run returns: the answer, the turns, the calls, and questions about them.

mod agent_result;
mod arguments;
mod asserts;
mod calls;
mod digest;
mod prompt;
mod tool_call;
mod turn;

pub use agent_result::AgentResult;
pub use arguments::ArgumentError;
pub use prompt::{McpPrompt, McpPromptArgument};
pub use tool_call::ToolCall;
pub use turn::{ToolInfo, Turn};
