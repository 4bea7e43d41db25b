use std::path::Path;
use std::process::Command;

/// The shell that reads a [`CliServer`](super::CliServer)'s command lines. It is looked up on the test's `PATH`.
///
/// Startup files are not read where the shell can leave them out: zsh runs with `-f`, PowerShell with `-NoProfile`,
/// cmd with `/D`. bash and sh read none for a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shell {
    /// `bash -c`, the default on Unix.
    Bash,
    /// `sh -c`, whatever the system has under that name.
    Sh,
    /// `zsh -f -c`.
    Zsh,
    /// `powershell -NoProfile -NonInteractive -Command`: Windows PowerShell, the default on Windows.
    PowerShell,
    /// `pwsh -NoProfile -NonInteractive -Command`: PowerShell 7.
    Pwsh,
    /// `cmd /E:ON /V:OFF /D /S /C`. It reads one line of at most 8,000 characters.
    Cmd,
}

/// The longest line for `cmd`, which reads 8,191 characters, its own options included.
const LONGEST_OF_CMD: usize = 8_000;

impl Default for Shell {
    fn default() -> Self {
        if cfg!(windows) { Shell::PowerShell } else { Shell::Bash }
    }
}

impl Shell {
    /// The command's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Shell::Bash => "bash",
            Shell::Sh => "sh",
            Shell::Zsh => "zsh",
            Shell::PowerShell => "powershell",
            Shell::Pwsh => "pwsh",
            Shell::Cmd => "cmd",
        }
    }

    fn options(self) -> &'static [&'static str] {
        match self {
            Shell::Bash | Shell::Sh => &["-c"],
            Shell::Zsh => &["-f", "-c"],
            Shell::PowerShell | Shell::Pwsh => &["-NoProfile", "-NonInteractive", "-Command"],
            Shell::Cmd => &["/E:ON", "/V:OFF", "/D", "/S", "/C"],
        }
    }

    /// `program` as one word of this shell that means nothing but itself, or why there is none.
    pub(crate) fn quoted(self, program: &str) -> Result<String, String> {
        match self {
            Shell::Bash | Shell::Sh | Shell::Zsh => Ok(format!("'{}'", program.replace('\'', r"'\''"))),
            Shell::PowerShell | Shell::Pwsh => Ok(format!("& '{}'", doubled_quotes(program))),
            Shell::Cmd if program.contains(['%', '"']) => Err(format!(
                "cmd reads the `%` in `{program}` wherever it stands: choose another shell, or move the program"
            )),
            Shell::Cmd => Ok(format!("\"{program}\"")),
        }
    }

    /// The line that runs the word `program` with `args`, or why this shell cannot read it.
    pub(crate) fn line(self, program: &str, args: &str) -> Result<String, String> {
        if args.contains('\0') {
            return Err("`args` holds a NUL character, which cannot be passed to a program".to_owned());
        }
        let line = format!("{program} {args}");
        match self {
            Shell::PowerShell | Shell::Pwsh => Ok(format!("{line}\n\n{EXIT_CODE}")),
            Shell::Cmd if args.contains(['\n', '\r']) => {
                Err("`args` holds a line break: cmd reads one line".to_owned())
            }
            Shell::Cmd if line.encode_utf16().count() > LONGEST_OF_CMD => Err(too_long(args)),
            _ => Ok(line),
        }
    }

    /// The shell at `file`, about to read `line`.
    pub(crate) fn command(self, file: &Path, line: &str) -> Command {
        let mut command = Command::new(file);
        command.args(self.options());
        match self {
            Shell::Cmd => whole_rest(&mut command, line),
            _ => _ = command.arg(line),
        }
        command
    }
}

/// Says that `args` is more than can be passed.
pub(crate) fn too_long(args: &str) -> String {
    format!(
        "`args` is too long: {} bytes, more than this system passes to a program (Linux 131,000 bytes, Windows 32,000 \
         characters, cmd 8,000). Write long text into a file by several calls",
        args.len()
    )
}

/// PowerShell itself would exit with 0 or 1. The empty line before it ends what a last backtick goes on with.
const EXIT_CODE: &str = "$ok = $?; if ($null -ne $LASTEXITCODE) { exit $LASTEXITCODE }; if (-not $ok) { exit 1 }";

/// PowerShell takes typographic quotes for quotes.
fn doubled_quotes(text: &str) -> String {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
    text.chars().flat_map(|c| std::iter::repeat_n(c, 1 + usize::from(is_quote(c)))).collect()
}

/// cmd reads the rest of its command line as it stands; with `/S` the outer quotes are dropped.
#[cfg(windows)]
fn whole_rest(command: &mut Command, line: &str) {
    use std::os::windows::process::CommandExt;
    command.raw_arg(format!("\"{line}\""));
}

#[cfg(not(windows))]
fn whole_rest(command: &mut Command, line: &str) {
    command.arg(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(shell: Shell, program: &str, args: &str) -> String {
        shell.line(&shell.quoted(program).unwrap(), args).unwrap()
    }

    #[test]
    fn the_program_is_one_word_and_the_arguments_stand_as_written() {
        assert_eq!(line(Shell::Bash, "/o'k/$a b", "x | y 'z'"), r"'/o'\''k/$a b' x | y 'z'");
        assert_eq!(line(Shell::Sh, "/bin/bank", ""), "'/bin/bank' ");
        assert_eq!(line(Shell::Zsh, "/bin/bank", "a\nb"), "'/bin/bank' a\nb");
        let pwsh = line(Shell::Pwsh, r"C:\o'k\‘b’ $x\bank.exe", "-a \"b\" | sort `");
        assert_eq!(pwsh, format!("& 'C:\\o''k\\‘‘b’’ $x\\bank.exe' -a \"b\" | sort `\n\n{EXIT_CODE}"));
        assert_eq!(line(Shell::Cmd, r"C:\a b\bank.exe", "x & y"), r#""C:\a b\bank.exe" x & y"#);
    }

    #[test]
    fn what_a_shell_cannot_read_is_said() {
        for shell in [Shell::Bash, Shell::Sh, Shell::Zsh, Shell::PowerShell, Shell::Pwsh, Shell::Cmd] {
            assert!(shell.line("p", "a\0b").unwrap_err().contains("NUL"));
        }
        assert!(Shell::Cmd.quoted(r"C:\%TEMP%\bank.exe").unwrap_err().contains("another shell"));
        assert!(Shell::Cmd.line("p", "a\nb").unwrap_err().contains("line break"));
        assert!(Shell::Cmd.line("p", &"x".repeat(7_998)).is_ok());
        let message = Shell::Cmd.line("p", &"x".repeat(7_999)).unwrap_err();
        assert!(message.starts_with("`args` is too long: 7999 bytes"), "{message}");
    }

    #[test]
    fn the_shell_is_started_without_startup_files() {
        let arguments = |shell: Shell| {
            let command = shell.command(Path::new("/bin/shell"), "line");
            let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
            arguments.collect::<Vec<_>>()
        };
        assert_eq!(arguments(Shell::Bash), ["-c", "line"]);
        assert_eq!(arguments(Shell::Zsh), ["-f", "-c", "line"]);
        assert_eq!(arguments(Shell::Pwsh), ["-NoProfile", "-NonInteractive", "-Command", "line"]);
    }
}
