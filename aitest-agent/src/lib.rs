//! Agents, providers and tool servers of `aitest`.

#[cfg(feature = "testing")]
mod io;

#[cfg(feature = "testing")]
pub mod testing;
