use std::path::Path;

use crate::record::RunId;

/// Who started the test binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Runner {
    Nextest,
    Cargo,
    Direct,
}

impl Runner {
    pub(super) fn of_process() -> Self {
        if variable("NEXTEST").is_some() {
            Runner::Nextest
        } else if variable("CARGO").is_some() {
            Runner::Cargo
        } else {
            Runner::Direct
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Runner::Nextest => "nextest",
            Runner::Cargo => "cargo test",
            Runner::Direct => "direct",
        }
    }
}

/// The run that this process belongs to: the user's id, else nextest's, else the nearest cargo above us and when it
/// began, else this process. Never the bare parent: direct runs share a shell.
pub(super) fn run_id(given: Option<&str>, runner: &Runner) -> RunId {
    let id = given
        .map(str::to_owned)
        .or_else(|| variable("NEXTEST_RUN_ID").map(|id| format!("nextest-{id}")))
        .or_else(|| (*runner == Runner::Cargo).then(cargo_above).flatten())
        .unwrap_or_else(|| {
            let pid = std::process::id();
            let began = stat(pid).map_or_else(|| crate::iteration::now_ms().to_string(), |stat| stat.started);
            format!("self-{pid}-{began}")
        });
    RunId(id)
}

/// Which execution by the runner this is, from 1: nextest's retries and stress runs.
pub(super) fn rerun() -> u32 {
    let number = |name: &str| variable(name).and_then(|text| text.parse::<u32>().ok());
    let attempt = number("NEXTEST_ATTEMPT").unwrap_or(1).max(1);
    let attempts = number("NEXTEST_TOTAL_ATTEMPTS").unwrap_or(1).max(1);
    number("NEXTEST_STRESS_CURRENT").unwrap_or(0).saturating_mul(attempts).saturating_add(attempt)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

struct Stat {
    name: String,
    parent: u32,
    /// Clock ticks since the machine began.
    started: String,
}

/// Levels between a test binary and cargo: rustdoc, a shell, a target runner.
const LEVELS: usize = 4;

fn cargo_above() -> Option<String> {
    let (pid, process) = cargo()?;
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let boot = boot.split('-').next().unwrap_or_default();
    Some(format!("cargo-{pid}-{}-{boot}", process.started))
}

/// Whether the cargo above us was told to go on after a test binary that fails.
pub(super) fn cargo_goes_on() -> bool {
    let line = cargo().and_then(|(pid, _)| std::fs::read(format!("/proc/{pid}/cmdline")).ok()).unwrap_or_default();
    line.split(|byte| *byte == 0).take_while(|word| *word != b"--").any(|word| word == b"--no-fail-fast")
}

/// The nearest cargo above this process.
fn cargo() -> Option<(u32, Stat)> {
    let mut pid = stat(std::process::id())?.parent;
    for _ in 0..LEVELS {
        let process = stat(pid)?;
        if process.name == "cargo" {
            return Some((pid, process));
        }
        pid = process.parent;
    }
    None
}

/// Fields 2, 4 and 22 of `/proc/PID/stat` (proc(5)); `None` on systems without it.
fn stat(pid: u32) -> Option<Stat> {
    let text = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).ok()?;
    parse_stat(&text)
}

fn parse_stat(text: &str) -> Option<Stat> {
    // The name may hold spaces and parentheses: it ends at the last one.
    let (head, tail) = text.rsplit_once(')')?;
    let (_, name) = head.split_once('(')?;
    let mut fields = tail.split_ascii_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    let started = fields.nth(17)?.to_owned();
    Some(Stat { name: name.to_owned(), parent, started })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_name_may_hold_parentheses() {
        let line = "42 (a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 107110 9 9";
        let stat = parse_stat(line).unwrap();
        assert_eq!((stat.name.as_str(), stat.parent, stat.started.as_str()), ("a) b (c", 7, "107110"));
    }

    #[test]
    fn a_given_id_wins() {
        assert_eq!(run_id(Some("nightly"), &Runner::Direct).0, "nightly");
    }
}
