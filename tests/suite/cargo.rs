//! Builds and runs the projects in `tests/projects` as their users would, from a cleared environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// One run of a test command in a project, with an output folder of its own.
pub(crate) struct Cargo {
    command: Command,
    dir: TempDir,
}

/// What a run left behind.
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) dir: TempDir,
}

/// Variables that a toolchain needs; nothing else of the caller's environment reaches a project.
const KEPT: [&str; 7] = ["PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "TMPDIR", "CARGO_BUILD_JOBS"];

impl Cargo {
    /// `cargo test --offline ARGUMENTS` in the project.
    pub(crate) fn test(project: &str, arguments: &[&str]) -> Self {
        Cargo::new(project, "test", arguments)
    }

    /// `cargo nextest run --offline ARGUMENTS` in the project.
    pub(crate) fn nextest(project: &str, arguments: &[&str]) -> Self {
        let mut all = vec!["run"];
        all.extend_from_slice(arguments);
        Cargo::new(project, "nextest", &all)
    }

    /// The project's test binary `target` alone, as an IDE or a debugger starts it.
    pub(crate) fn binary(project: &str, target: &str, arguments: &[&str]) -> Self {
        Cargo::command(Command::new(Cargo::executable(project, target)), project, arguments)
    }

    /// The same, in a shell that first runs `setup`.
    pub(crate) fn binary_after(setup: &str, project: &str, target: &str, arguments: &[&str]) -> Self {
        let script = format!("{setup}; exec \"$0\" \"$@\"");
        let executable = Cargo::executable(project, target);
        let all: Vec<&str> = ["-c", &script, &executable].into_iter().chain(arguments.iter().copied()).collect();
        Cargo::command(Command::new("/bin/sh"), project, &all)
    }

    fn executable(project: &str, target: &str) -> String {
        let built = Cargo::test(project, &["--test", target, "--no-run", "--message-format=json"]).finish();
        assert_eq!(built.code, Some(0), "{}", built.stderr);
        built
            .stdout
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|message| message["target"]["name"] == *target)
            .find_map(|message| message["executable"].as_str().map(str::to_owned))
            .expect("cargo names the test binary")
    }

    /// `cargo SUBCOMMAND --offline ARGUMENTS` in the project.
    pub(crate) fn subcommand(project: &str, subcommand: &str, arguments: &[&str]) -> Self {
        Cargo::new(project, subcommand, arguments)
    }

    fn new(project: &str, subcommand: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
        let (options, rest): (Vec<&str>, Vec<&str>) = match arguments.iter().position(|argument| *argument == "--") {
            Some(at) => (arguments[..at].to_vec(), arguments[at..].to_vec()),
            None => (arguments.to_vec(), Vec::new()),
        };
        let all: Vec<&str> = [subcommand].into_iter().chain(options).chain(["--offline"]).chain(rest).collect();
        lock_file(project);
        command.current_dir(folder(project));
        let mut cargo = Cargo::command(command, project, &all);
        cargo.command.env("CARGO_TARGET_DIR", target_folder());
        // As the workspace's own profile.
        cargo.command.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
        cargo
    }

    fn command(mut command: Command, project: &str, arguments: &[&str]) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        command.env_clear().args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in KEPT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.env("LANG", "C.UTF-8").env("AITEST_DIR", dir.path()).env("CARGO_TERM_COLOR", "never");
        command.env("PROJECT", project);
        Cargo { command, dir }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// The output folder of this run, before it runs.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn finish(mut self) -> Finished {
        let output = self.command.output().expect("the command starts");
        Finished {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            dir: self.dir,
        }
    }

    /// Starts the command without waiting for it.
    pub(crate) fn spawn(mut self) -> (Child, TempDir) {
        (self.command.spawn().expect("the command starts"), self.dir)
    }
}

impl Finished {
    /// The file `name` of the output folder.
    pub(crate) fn file(&self, name: &str) -> String {
        let path = self.dir.path().join(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}\n{self}", path.display()))
    }

    /// All that the run wrote: files, standard output and error.
    pub(crate) fn everything(&self) -> String {
        let mut all = self.to_string();
        let mut folders = vec![self.dir.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder of the run") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let content = std::fs::read(&path).expect("a file of the run");
                    all += &format!("--- {}\n{}", path.display(), String::from_utf8_lossy(&content));
                }
            }
        }
        all
    }

    pub(crate) fn results(&self) -> Value {
        serde_json::from_str(&self.file("results.json")).expect("the results are JSON")
    }

    /// The entry of a test in the results.
    pub(crate) fn test(&self, path: &str) -> Value {
        let results = self.results();
        let tests = results["tests"].as_array().expect("tests");
        tests.iter().find(|test| test["path"] == path).unwrap_or_else(|| panic!("no {path} in\n{results:#}")).clone()
    }

    /// Outcomes of a test's iterations, by number.
    pub(crate) fn outcomes(&self, path: &str) -> BTreeMap<u64, String> {
        let test = self.test(path);
        let iterations = test["iterations"].as_array().expect("iterations").clone();
        let entry = |it: Value| (it["n"].as_u64().expect("n"), it["outcome"].as_str().expect("outcome").to_owned());
        iterations.into_iter().map(entry).collect()
    }
}

impl std::fmt::Display for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit code {:?}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn folder(project: &str) -> PathBuf {
    root().join("tests/projects").join(project)
}

/// Projects share one target folder, and so the build of aitest and of its dependencies.
fn target_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects")
}

/// The workspace's lock file, so that projects build with its versions. Cargo completes it for the project.
fn lock_file(project: &str) {
    static LOCK: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _guard = LOCK.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let path = folder(project).join("Cargo.lock");
    let source = root().join("Cargo.lock");
    let modified = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
    if modified(&path) < modified(&source) {
        std::fs::copy(source, path).expect("the lock file can be copied");
    }
}
