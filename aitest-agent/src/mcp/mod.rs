//! MCP servers: started for a run, asked for their tools, gone with the run.
//!
//! Protocol: <https://modelcontextprotocol.io/specification>. The client is `rmcp`'s; nothing of it is public here.

mod answer;
mod ask;
mod attached;
mod command;
mod config_file;
mod content;
mod error;
mod expand;
mod first_output;
mod handler;
mod http;
mod link;
mod listing;
mod lists;
mod open;
mod server;
mod session;
mod shared;
mod start;
mod stderr;
mod wait;

pub use answer::{McpResource, McpResourceContent};
pub(crate) use config_file::{KEYS, servers_in};
pub use config_file::{McpConfigError, load_mcp_config};
pub use error::{McpError, McpErrorKind};
pub use listing::ToolListing;
pub use server::McpServer;
pub use wait::Wait;
