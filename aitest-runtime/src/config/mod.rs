//! Environment over attribute over `aitest.toml` over default, each value with its origin.

mod error;
mod file;
mod lookup;
mod plan;
mod run;
mod similar;
mod stop;
mod table;
mod value;

pub use error::ConfigError;
pub use table::{SETTINGS, Setting};

pub(crate) use file::File;
pub(crate) use lookup::{Environment, Lookup};
pub(crate) use plan::{Arguments, Numbers, Plan};
pub(crate) use run::{OutputFile, OutputMode, RunSettings, Transcripts};
