//! Exchanges that are recorded once and replayed without network and key.

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
    for file in ["Cargo.toml", "pricing.toml", "src/main.rs", "tests/recorded.rs"] {
        let text = std::fs::read_to_string(folder("cassettes").join(file)).unwrap();
        let text = text.replace("\"../../..\"", &format!("{:?}", env!("CARGO_MANIFEST_DIR")));
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

fn project() -> &'static str {
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

/// What two runs of the same have in common: all but their times.
fn comparable(results: &Value) -> Value {
    const TIMES: [&str; 12] = [
        "started_at",
        "finished_at",
        "duration_ms",
        "durations_ms",
        "ms",
        "waited_ms",
        "wait_ms",
        "seed",
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

const ALL: [&str; 6] = ["transfers", "overloaded", "breaks", "signs_in", "forbidden", "asks_back"];

#[test]
fn what_was_recorded_once_replays_without_network_and_key() {
    let teller = Teller::start();
    let recorded = teller.record(&ALL);
    drop(teller);
    let used = &recorded.results()["run"]["cassettes"];
    assert_eq!((&used["mode"], &used["replayed"]), (&"record".into(), &0.into()), "{recorded}");
    let outcomes = recorded.outcomes("transfers");
    let passed = outcomes.values().filter(|outcome| *outcome == "passed").count();
    assert!((1..6).contains(&passed), "some pass and some do not: {outcomes:?}");
    assert_eq!(recorded.test("breaks")["iterations"][0]["attempt"], 2, "{recorded}");
    assert_eq!(recorded.outcomes("signs_in")[&1], "errored");

    for concurrency in ["1", "4"] {
        let replayed = replay(&ALL).env("AITEST_CONCURRENCY", concurrency).finish();
        same(&recorded, &replayed);
        assert_eq!(replayed.code, recorded.code);
        let results = replayed.results();
        let mut expected = used.clone();
        (expected["mode"], expected["replayed"]) = ("replay".into(), used["recorded"].clone());
        expected["recorded"] = 0.into();
        assert_eq!(results["run"]["cassettes"], expected, "{replayed}");
        assert_eq!(replayed.test("overloaded")["iterations"][0]["waited_ms"], 0, "nothing is waited for again");
        assert!(replayed.stderr.contains("\ncassettes: replay: 1"), "{replayed}");
        assert!(replayed.file("report.html").contains("Answers are recorded ones"), "{replayed}");
    }
    let replayed = Cargo::nextest(project(), &["--test", "recorded", "--no-fail-fast", "--retries", "0"])
        .env("AITEST_CASSETTES", "replay")
        .finish();
    same(&recorded, &replayed);
}
