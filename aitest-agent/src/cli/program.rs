use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::run::{Ran, Running};
use super::server::Config;
use super::shell::too_long;
use super::{CliError, CliErrorKind, Shell};
use crate::child;
use crate::secretive::Secretive;

/// A program and its shell, both found.
#[derive(Debug)]
pub(crate) struct Program {
    command: String,
    shell: Shell,
    shell_file: PathBuf,
    /// The program's file as a word of the shell.
    word: String,
    env: Vec<(String, Secretive)>,
    cwd: Option<PathBuf>,
    pub(crate) limit: Duration,
}

/// What became of a command line.
pub(crate) enum Call {
    /// The shell ended. What it left in the background runs on.
    Ended(Ran, Running),
    /// The shell did not end in time, and is gone.
    TimedOut(Ran),
    /// It cannot be asked of this shell.
    Refused(String),
}

impl Program {
    /// Looks for program, shell and folder.
    pub(crate) fn find(config: &Config) -> Result<Self, CliError> {
        let (command, shell) = (&config.command, config.shell);
        if let Some(folder) = config.cwd.as_deref().filter(|folder| !folder.is_dir()) {
            let message = format!("the folder `{}` that it should run in does not exist", folder.display());
            return Err(CliError::new(CliErrorKind::NotStarted, message));
        }
        let path = std::env::var_os("PATH");
        let own_path = config.env.iter().rev().find(|(name, _)| is_path(name)).map(|(_, path)| OsStr::new(&path.0));
        let file = child::find(command, own_path.or(path.as_deref())).ok_or_else(|| {
            let message = format!("{}, or it is not executable", child::not_found(command));
            CliError::new(CliErrorKind::CommandNotFound, message)
        })?;
        let word = word(shell, &file).map_err(|message| CliError::new(CliErrorKind::NotStarted, message))?;
        let shell_file = child::find(shell.name(), path.as_deref()).ok_or_else(|| {
            let name = shell.name();
            let message = format!("the shell `{name}` is not on PATH: install it, or choose another by `.shell(..)`");
            CliError::new(CliErrorKind::ShellNotFound, message)
        })?;
        let (command, env, cwd) = (command.clone(), config.env.clone(), config.cwd.clone());
        Ok(Program { command, shell, shell_file, word, env, cwd, limit: config.timeout })
    }

    /// Runs the program with `args`, which the shell reads.
    ///
    /// # Errors
    /// The shell cannot be started.
    pub(crate) async fn call(&self, args: &str) -> Result<Call, CliError> {
        let line = match self.shell.line(&self.word, args) {
            Ok(line) => line,
            Err(refused) => return Ok(Call::Refused(refused)),
        };
        let mut running = match Running::start(self.shell_command(&line)).await {
            Ok(running) => running,
            Err(error) if is_too_long(&error) => return Ok(Call::Refused(too_long(args))),
            Err(error) => {
                let message = format!("`{}` cannot be started by `{}`: {error}", self.command, self.shell.name());
                return Err(CliError::new(CliErrorKind::NotStarted, message));
            }
        };
        match running.finish(self.limit).await {
            Some(ran) => Ok(Call::Ended(ran, running)),
            None => Ok(Call::TimedOut(running.kill().await)),
        }
    }

    fn shell_command(&self, line: &str) -> Command {
        let mut command = self.shell.command(&self.shell_file, line);
        command.envs(self.env.iter().map(|(name, value)| (name, &value.0)));
        if let Some(folder) = &self.cwd {
            command.current_dir(folder);
        }
        command
    }
}

/// `file` as a word of `shell`, or why there is none.
fn word(shell: Shell, file: &Path) -> Result<String, String> {
    let text = file.to_str().ok_or_else(|| format!("the path of `{}` is not UTF-8: move the program", file.display()));
    text.and_then(|file| shell.quoted(file))
}

fn is_path(variable: &str) -> bool {
    variable == "PATH" || cfg!(windows) && variable.eq_ignore_ascii_case("PATH")
}

fn is_too_long(error: &io::Error) -> bool {
    const ERROR_FILENAME_EXCED_RANGE: i32 = 206;
    error.kind() == io::ErrorKind::ArgumentListTooLong
        || cfg!(windows) && error.raw_os_error() == Some(ERROR_FILENAME_EXCED_RANGE)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn a_path_that_a_shell_cannot_be_given_is_named() {
        let odd = Path::new(OsStr::from_bytes(b"/bin/b\xff"));
        assert_eq!(word(Shell::Sh, odd).unwrap_err(), "the path of `/bin/b\u{fffd}` is not UTF-8: move the program");
        assert!(word(Shell::Cmd, Path::new("/a%b")).unwrap_err().starts_with("cmd reads the `%` in `/a%b`"));
        assert_eq!(word(Shell::Sh, Path::new("/bin/b")).unwrap(), "'/bin/b'");
    }
}
