use std::ffi::OsString;
use std::io;
use std::path::{MAIN_SEPARATOR, Path};
use std::process::Command;

use super::server::Config;
use super::{McpError, McpErrorKind};

/// The command of a server, ready to be spawned.
pub(crate) fn command(config: &Config) -> Result<Command, McpError> {
    if let Some(folder) = config.cwd.as_deref().filter(|folder| !folder.is_dir()) {
        let message = format!("the folder `{}` that it should run in does not exist", folder.display());
        return Err(McpError::new(McpErrorKind::NotStarted, message));
    }
    let mut command = Command::new(program(&config.target, &|name| std::env::var_os(name)));
    command.args(&config.args).envs(config.env.iter().map(|(name, value)| (name, &value.0)));
    if let Some(folder) = &config.cwd {
        command.current_dir(folder);
    }
    Ok(command)
}

/// Says why `command` could not be spawned.
pub(crate) fn not_spawned(command: &str, error: &io::Error) -> McpError {
    if error.kind() != io::ErrorKind::NotFound {
        return McpError::new(McpErrorKind::NotStarted, format!("`{command}` cannot be started: {error}"));
    }
    let message = match has_separator(command) {
        true => format!("command `{command}` not found: there is no such file"),
        false => format!(
            "command `{command}` not found: it is neither a binary of this package (NEXTEST_BIN_EXE_{command}, \
             CARGO_BIN_EXE_{command}) nor on PATH"
        ),
    };
    McpError::new(McpErrorKind::CommandNotFound, message)
}

/// A bare name that Cargo built a binary of is that binary. A relative path is the test's, not the server's folder's.
fn program(command: &str, env: &dyn Fn(&str) -> Option<OsString>) -> OsString {
    if has_separator(command) {
        return std::path::absolute(Path::new(command)).map_or_else(|_| command.into(), Into::into);
    }
    let names = [command.to_owned(), command.replace('-', "_")];
    let variables =
        ["NEXTEST_BIN_EXE_", "CARGO_BIN_EXE_"].iter().flat_map(|kind| names.iter().map(move |name| (kind, name)));
    variables
        .map(|(kind, name)| format!("{kind}{name}"))
        .find_map(|variable| env(&variable))
        .unwrap_or_else(|| command.into())
}

fn has_separator(command: &str) -> bool {
    command.contains(['/', MAIN_SEPARATOR])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_cargos_binary_first() {
        let env =
            |set: &'static [&str]| move |name: &str| set.contains(&name).then(|| OsString::from(format!("/{name}")));
        assert_eq!(program("bank-mcp", &env(&[])), "bank-mcp");
        assert_eq!(program("bank-mcp", &env(&["CARGO_BIN_EXE_bank-mcp"])), "/CARGO_BIN_EXE_bank-mcp");
        let both = env(&["CARGO_BIN_EXE_bank-mcp", "NEXTEST_BIN_EXE_bank_mcp"]);
        assert_eq!(program("bank-mcp", &both), "/NEXTEST_BIN_EXE_bank_mcp");
        assert_eq!(program("/bin/bank-mcp", &both), "/bin/bank-mcp");
        assert!(Path::new(&program("./bank-mcp", &both)).is_absolute());
    }
}
