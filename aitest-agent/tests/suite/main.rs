//! The agent against real HTTP on loopback and real MCP child processes.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod children;
#[cfg(feature = "testing")]
mod clarification;
mod cli;
mod cli_faults;
#[cfg(feature = "testing")]
mod concurrent;
mod config_file;
mod conversation;
mod custom_agents;
mod errors_page;
mod evals;
mod fixtures;
mod http;
mod instructions;
mod limits;
mod mcp_http;
mod network;
mod notices;
mod plugins;
mod prompts;
mod provider_faults;
mod proxy;
mod record;
mod reference;
mod result;
#[cfg(feature = "testing")]
mod scripted;
mod server;
mod server_faults;
mod session;
#[cfg(unix)]
mod shared;
mod skills;
#[cfg(feature = "tap")]
mod tap;
mod versions;
mod web;
mod wires;
