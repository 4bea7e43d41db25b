//! Command-line programs as tools: each call is a command line of a shell, in a process group of its own.

mod error;
mod help;
mod kept;
mod output;
mod program;
mod run;
mod server;
mod session;
mod shell;

pub use error::{CliError, CliErrorKind};
pub use server::CliServer;
pub use shell::Shell;
