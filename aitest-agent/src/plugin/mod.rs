//! Plugins: agents, skills, prompts, instructions, MCP servers and hooks in one folder.

mod hooks;
mod loader;
mod manifest;
mod places;
mod servers;

pub use hooks::Hook;
pub use loader::{Plugin, load_plugin};
