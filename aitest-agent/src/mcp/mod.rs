//! MCP servers: started for a run, asked for their tools, gone with the run.
//!
//! Protocol: <https://modelcontextprotocol.io/specification>. The client is `rmcp`'s; nothing of it is public here.

mod command;
mod content;
mod error;
mod expand;
mod first_output;
mod handler;
mod http;
mod link;
mod open;
mod server;
mod session;
mod start;
mod stderr;
mod wait;

pub use error::{McpError, McpErrorKind};
pub use server::McpServer;
pub use wait::Wait;
