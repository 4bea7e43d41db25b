//! A small bank behind an MCP server: a checking and a savings account, held in memory.

mod bank;
mod money;
mod server;

pub use bank::{Bank, BankError, Entry};
pub use money::Cents;
pub use server::BankServer;
