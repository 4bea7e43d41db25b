//! The agent against real HTTP on loopback and real MCP child processes.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod children;
mod cli;
mod config_file;
mod conversation;
mod http;
mod mcp_http;
mod notices;
mod provider_faults;
mod record;
#[cfg(feature = "testing")]
mod scripted;
mod server;
mod server_faults;
#[cfg(unix)]
mod shared;
mod versions;
mod web;
