//! The agent against real HTTP on loopback and real MCP child processes.

mod children;
mod conversation;
mod http;
mod provider_faults;
mod server;
mod server_faults;
