//! The agent against real HTTP on loopback and real MCP child processes.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod children;
#[cfg(feature = "testing")]
mod clarification;
#[cfg(feature = "testing")]
mod concurrent;
mod conversation;
mod http;
mod network;
mod provider_faults;
mod proxy;
mod record;
mod result;
#[cfg(feature = "testing")]
mod scripted;
mod server;
mod server_faults;
mod session;
