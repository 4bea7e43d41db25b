//! Credentials of providers that can be used without a key: who is asked for a token, and in which order.
//!
//! Everything is read from variables at once, and nobody is asked before the first request.

mod azure;
mod chain;
mod command;
mod endpoint;
mod fault;
mod github;
mod managed_identity;
mod shared;
#[cfg(test)]
mod tests;
mod workload_identity;

pub(crate) use chain::{azure, github};
