use super::program::{Call, Program};
use super::{CliError, CliErrorKind};
use crate::text::start_of;

/// Characters that help adds to a description, its heading included. Some programs show the values of variables in it.
const LONGEST: usize = 2_000;
/// What shells exit with when the program cannot be run, or is not there.
const NOT_RUN: [i32; 2] = [126, 127];

/// What `program` says to `flag`: its standard output, else its standard error.
pub(crate) async fn help(program: &Program, command: &str, flag: &str) -> Result<String, CliError> {
    let ran = match program.call(flag).await? {
        Call::Ended(ran, running) => {
            running.end().await;
            ran
        }
        Call::TimedOut(_) => {
            return Err(none(command, flag, &format!("did not end within {} s", program.limit.as_secs_f64())));
        }
        Call::Refused(why) => return Err(none(command, flag, &format!("cannot be asked: {why}"))),
    };
    let code = ran.exit_code.unwrap_or_default();
    if NOT_RUN.contains(&code) {
        return Err(none(command, flag, &format!("ended with exit code {code}: {}", ran.stderr.trim())));
    }
    let text = [ran.stdout.trim(), ran.stderr.trim()].into_iter().find(|text| !text.is_empty());
    let text = text.ok_or_else(|| none(command, flag, &format!("printed nothing (exit code {code})")))?;
    Ok(added(command, flag, text))
}

fn none(command: &str, flag: &str, why: &str) -> CliError {
    let message = format!("`{command} {flag}` {why}: name another flag by `.help_flag(..)`, or discover no help");
    CliError::new(CliErrorKind::NoHelp, message)
}

fn added(command: &str, flag: &str, text: &str) -> String {
    start_of(&format!("\n\n`{command} {flag}` says:\n{text}"), LONGEST - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_help_is_cut_by_characters() {
        let short = added("bank", "-h", "Usage: bank");
        assert_eq!(short, "\n\n`bank -h` says:\nUsage: bank");
        let room = LONGEST - 1 - "\n\n`bank -h` says:\n".len();
        assert_eq!(added("bank", "-h", &"é".repeat(room)).chars().filter(|c| *c == 'é').count(), room);
        let long = added("bank", "-h", &"é".repeat(room + 1));
        assert!(long.chars().count() == LONGEST && long.ends_with("é…"));
    }
}
