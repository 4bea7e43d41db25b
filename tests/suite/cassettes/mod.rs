//! Exchanges that are recorded once and replayed without network and key.

mod faults;
mod replays;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::cargo::{Cargo, Finished, folder};

const KEY: &str = "sk-teller-0123456789abcdef";

/// A copy of the project, so that nothing is recorded into the sources.
static PROJECT: LazyLock<PathBuf> = LazyLock::new(|| {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cassettes");
    for file in ["Cargo.toml", "pricing.toml", "src/main.rs", "tests/recorded.rs", "tests/spans.rs"] {
        let text = std::fs::read_to_string(folder("cassettes").join(file)).unwrap();
        let text = text.replace("../../..", env!("CARGO_MANIFEST_DIR"));
        let path = copy.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        // A file that is the same stays as old as its build.
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        std::fs::write(path, text).unwrap();
    }
    copy
});

pub(crate) fn project() -> &'static str {
    PROJECT.to_str().unwrap()
}

/// Where the cassettes of `test` are.
fn cassettes(test: &str) -> PathBuf {
    PROJECT.join("tests/cassettes").join(format!("recorded__{test}"))
}

/// The model, until it is dropped.
struct Teller {
    process: Child,
    url: String,
}

impl Teller {
    fn start() -> Self {
        let built = Cargo::subcommand(project(), "build", &["--bin", "teller", "--message-format=json"]).finish();
        let messages = built.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut binaries = messages.filter(|message| message["target"]["name"] == "teller");
        let path = binaries.find_map(|message| message["executable"].as_str().map(str::to_owned));
        let path = path.unwrap_or_else(|| panic!("{built}"));
        let mut process = Command::new(path).env_clear().stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Teller { process, url: url.trim().to_owned() }
    }

    /// Records `tests`, whatever was recorded of them before.
    fn record(&self, tests: &[&str]) -> Finished {
        self.asks(tests).env("AITEST_CASSETTES", "record").finish()
    }

    fn asks(&self, tests: &[&str]) -> Cargo {
        test(tests).env("TELLER_URL", &self.url).env("TELLER_API_KEY", KEY)
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn test(tests: &[&str]) -> Cargo {
    let all: Vec<&str> = ["--test", "recorded", "--", "--exact"].iter().chain(tests).copied().collect();
    Cargo::test(project(), &all)
}

fn replay(tests: &[&str]) -> Cargo {
    test(tests).env("AITEST_CASSETTES", "replay")
}

/// What two runs of the same have in common: all but their times, and which of several iterations failed first and got
/// frames.
fn comparable(results: &Value) -> Value {
    const TIMES: [&str; 13] = [
        "started_at",
        "finished_at",
        "duration_ms",
        "durations_ms",
        "ms",
        "waited_ms",
        "wait_ms",
        "seed",
        "backtrace",
        "rerun_command",
        "settings",
        "run",
        "process",
    ];
    match results {
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(name, _)| !TIMES.contains(&name.as_str()));
            Value::Object(fields.map(|(name, value)| (name.clone(), comparable(value))).collect())
        }
        Value::Array(items) => items.iter().map(comparable).collect(),
        other => other.clone(),
    }
}

#[track_caller]
fn same(recorded: &Finished, replayed: &Finished) {
    let [a, b] = [recorded, replayed].map(|run| comparable(&run.results()));
    for part in ["tests", "agents", "causes", "strings"] {
        let [a, b] = [&a[part], &b[part]].map(|part| serde_json::to_string_pretty(part).unwrap());
        assert_eq!(a, b, "{part}\n{recorded}\n{replayed}");
    }
}

/// The text of every file below `folder`.
fn texts(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| if path.is_dir() { texts(&path) } else { std::fs::read_to_string(path).unwrap() }).collect()
}

fn failure(run: &Finished, test: &str, iteration: usize) -> String {
    run.test(test)["iterations"][iteration - 1]["failure"]["message"].as_str().unwrap_or_default().to_owned()
}
