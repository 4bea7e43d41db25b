//! Agents, providers and tool servers of `aitest`.
