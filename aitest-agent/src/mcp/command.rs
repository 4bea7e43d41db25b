use std::io;
use std::process::Command;

use super::server::Config;
use super::{McpError, McpErrorKind};
use crate::child;

/// The command of a server, ready to be spawned.
pub(crate) fn command(config: &Config) -> Result<Command, McpError> {
    if let Some(folder) = config.cwd.as_deref().filter(|folder| !folder.is_dir()) {
        let message = format!("the folder `{}` that it should run in does not exist", folder.display());
        return Err(McpError::new(McpErrorKind::NotStarted, message));
    }
    let mut command = Command::new(child::program(&config.target));
    command.args(&config.args).envs(config.env.iter().map(|(name, value)| (name, &value.0)));
    if let Some(folder) = &config.cwd {
        command.current_dir(folder);
    }
    Ok(command)
}

/// Says why `command` could not be spawned.
pub(crate) fn not_spawned(command: &str, error: &io::Error) -> McpError {
    match error.kind() {
        io::ErrorKind::NotFound => McpError::new(McpErrorKind::CommandNotFound, child::not_found(command)),
        _ => McpError::new(McpErrorKind::NotStarted, format!("`{command}` cannot be started: {error}")),
    }
}
