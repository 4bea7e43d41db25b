//! The test binaries that are measured.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

/// What was measured, by name: the least value of all runs.
pub(crate) type Figures = BTreeMap<String, f64>;

/// The subjects, built, and a folder for what they write.
pub(crate) struct Subjects {
    executables: BTreeMap<String, PathBuf>,
    folder: PathBuf,
}

/// How a process ended.
pub(crate) struct Ended {
    /// Microseconds since 1970-01-01 UTC.
    pub(crate) at_us: f64,
    /// Highest resident memory in KiB.
    pub(crate) peak_kib: f64,
}

impl Subjects {
    pub(crate) fn build(dev: bool) -> Result<Subjects, String> {
        let profile: &[&str] = if dev { &[] } else { &["--release"] };
        let mut executables = built(&[&["build", "-p", "banking", "--bin", "banking-mcp"], profile].concat())?;
        let tests =
            ["--test", "bench_empty", "--test", "bench_plain", "--test", "bench_agent", "--test", "bench_servers"];
        executables.extend(built(&[&["test", "-p", "aitest-benches", "--no-run"], &tests[..], profile].concat())?);
        let folder = std::env::temp_dir().join(format!("aitest-benches-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        Ok(Subjects { executables, folder })
    }

    /// The output folder of the subjects.
    pub(crate) fn out(&self) -> PathBuf {
        self.folder.join("out")
    }

    /// Runs one test of a subject in a run of its own and adds what it measured.
    pub(crate) fn run(&self, subject: &str, test: &str, figures: &mut Figures) -> Result<Ended, String> {
        self.run_in(subject, test, None, figures)
    }

    /// The same in the run `id`.
    pub(crate) fn run_in(
        &self,
        subject: &str,
        test: &str,
        id: Option<&str>,
        figures: &mut Figures,
    ) -> Result<Ended, String> {
        let (log, out) = (self.folder.join("log"), self.folder.join("figures"));
        let _ = std::fs::remove_file(&out);
        let mut command = self.command(subject, test)?;
        command.env("BENCH_OUT", &out);
        if let Some(id) = id {
            command.env("AITEST_RUN_ID", id);
        }
        let file = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        command.stdout(file).stderr(Stdio::inherit()).env("BENCH_SPAWNED", now_us().to_string());
        let child = command.spawn().map_err(|error| format!("{subject}: {error}"))?;
        let (succeeded, ended) = wait(&child)?;
        if !succeeded {
            return Err(format!("{subject} {test}: {}", std::fs::read_to_string(log).unwrap_or_default()));
        }
        read(&out, figures)?;
        Ok(ended)
    }

    fn command(&self, subject: &str, test: &str) -> Result<Command, String> {
        let executable = |name: &str| self.executables.get(name).ok_or(format!("cargo built no {name}"));
        let mut command = Command::new(executable(subject)?);
        // Without CARGO each process is a run of its own.
        command.args(["--exact", test]).env_remove("CARGO").env("AITEST_DIR", self.out()).env("AITEST_OUTPUT", "none");
        command.env("BENCH_SERVER", executable("banking-mcp")?);
        Ok(command)
    }
}

impl Drop for Subjects {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Waits for a child; whether it succeeded, and how it ended. std's `wait` does not tell the memory.
fn wait(child: &Child) -> Result<(bool, Ended), String> {
    let pid = libc::pid_t::try_from(child.id()).map_err(|error| error.to_string())?;
    let mut status = 0;
    // SAFETY: an all-zero rusage is valid, and wait4(2) fills it. The child is ours and waited for once: dropping a
    // `Child` does not wait.
    let (waited, usage) = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        (libc::wait4(pid, &raw mut status, 0, &raw mut usage), usage)
    };
    let at_us = now_us();
    if waited != pid {
        return Err(format!("wait4: {}", std::io::Error::last_os_error()));
    }
    Ok((status == 0, Ended { at_us, peak_kib: usage.ru_maxrss as f64 }))
}

fn now_us() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_micros() as f64)
}

/// Adds the lines `NAME VALUE` of a subject.
fn read(path: &Path, figures: &mut Figures) -> Result<(), String> {
    for line in std::fs::read_to_string(path).unwrap_or_default().lines() {
        if let Some((name, value)) = line.split_once(' ') {
            let value: f64 = value.parse().map_err(|error| format!("{line}: {error}"))?;
            figures.entry(name.to_owned()).and_modify(|least| *least = least.min(value)).or_insert(value);
        }
    }
    Ok(())
}

/// The folder of the workspace.
pub(crate) fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// Runs cargo and returns the executables it names, by target.
fn built(arguments: &[&str]) -> Result<BTreeMap<String, PathBuf>, String> {
    let output = Command::new("cargo")
        .args(arguments)
        .args(["--message-format=json", "--quiet"])
        .current_dir(workspace())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let messages = String::from_utf8_lossy(&output.stdout).into_owned();
    let executables = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some((message["target"]["name"].as_str()?.to_owned(), PathBuf::from(message["executable"].as_str()?)))
    });
    Ok(executables.collect())
}
