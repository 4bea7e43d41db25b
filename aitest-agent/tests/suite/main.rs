//! The agent against real HTTP on loopback and real MCP child processes.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod children;
mod conversation;
mod http;
mod limits;
mod provider_faults;
mod record;
#[cfg(feature = "testing")]
mod scripted;
mod server;
mod server_faults;
