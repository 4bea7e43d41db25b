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
    for file in ["Cargo.toml", "pricing.toml", "src/main.rs", "tests/recorded.rs", "tests/spans.rs"] {
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
        let waited = |run: &Finished| run.test("overloaded")["iterations"][0]["waited_ms"].as_u64();
        assert!(waited(&recorded) >= Some(1000), "{recorded}");
        assert_eq!(waited(&replayed), None, "nothing is waited for again");
        assert!(replayed.stderr.contains("\ncassettes: replay: 1"), "{replayed}");
        assert!(replayed.file("report.html").contains("Answers are recorded ones"), "{replayed}");
    }
    let filtered: Vec<&str> = ["--test", "recorded", "--no-fail-fast"].iter().chain(&ALL).copied().collect();
    let replayed = Cargo::nextest(project(), &filtered).env("AITEST_CASSETTES", "replay").finish();
    same(&recorded, &replayed);
}

/// The text of every file below `folder`.
fn texts(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| if path.is_dir() { texts(&path) } else { std::fs::read_to_string(path).unwrap() }).collect()
}

fn failure(run: &Finished, test: &str, iteration: usize) -> String {
    run.test(test)["iterations"][iteration - 1]["failure"]["message"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn no_secret_is_kept_and_what_varies_means_nothing() {
    let teller = Teller::start();
    let recorded = teller.record(&["varies", "transfers"]);
    assert_eq!(recorded.code, Some(0), "{recorded}");
    let kept = texts(&cassettes("transfers"));
    assert!(!kept.contains(KEY) && kept.contains("[redacted:TELLER_API_KEY]"), "{kept}");
    drop(teller);
    let replayed = replay(&["varies"]).finish();
    assert_eq!(replayed.code, Some(0), "{replayed}");
    let request = texts(&cassettes("varies"));
    assert!(request.contains("2026-11-25T21:13:"), "the file has what was sent: {request}");
}

#[test]
fn a_request_that_was_not_recorded_is_errored_whatever_the_body_does() {
    let teller = Teller::start();
    assert_eq!(teller.record(&["ignores_errors"]).code, Some(0));
    drop(teller);
    assert_eq!(replay(&["ignores_errors"]).finish().code, Some(0));
    let missed = replay(&["ignores_errors"]).env("SECOND", "Good grief.").finish();
    assert_eq!(missed.code, Some(101), "{missed}");
    assert_eq!(missed.outcomes("ignores_errors")[&1], "errored");
    let message = failure(&missed, "ignores_errors", 1);
    let file = "tests/cassettes/recorded__ignores_errors/iteration-1.json";
    assert!(
        message.contains(&format!("the cassette {file} has no answer to this request to compatible/teller")),
        "{message}"
    );
    assert!(message.contains("AITEST_CASSETTES=record cargo test ignores_errors"), "{message}");
    assert!(message.contains("number 2 (- recorded, + asked):"), "{message}");
    assert!(message.contains("-       \"content\": \"Good night.\""), "{message}");
    assert!(message.contains("+       \"content\": \"Good grief.\""), "{message}");
    assert_eq!(
        missed.test("ignores_errors")["iterations"][0]["attempt"],
        Value::Null,
        "another attempt would go no better"
    );
    assert!(missed.stderr.contains("cassettes: replay: 1 exchange replayed, 1 without a recording"), "{missed}");
}

#[test]
fn an_iteration_that_was_never_recorded_says_so() {
    let teller = Teller::start();
    assert_eq!(teller.record(&["missing"]).code, Some(0));
    let more = replay(&["missing"]).env("AITEST_ITERATIONS", "3").finish();
    let outcomes: Vec<String> = more.outcomes("missing").into_values().collect();
    assert_eq!(outcomes, ["passed", "passed", "errored"], "{more}");
    let message = failure(&more, "missing", 3);
    assert!(
        message.contains(
            "iteration 3 of missing was never recorded, there is no tests/cassettes/recorded__missing/iteration-3.json"
        ),
        "{message}"
    );
    // `auto` records it, and nothing else.
    let before = std::fs::read_to_string(cassettes("missing").join("iteration-1.json")).unwrap();
    let auto = teller.asks(&["missing"]).env("AITEST_CASSETTES", "auto").env("AITEST_ITERATIONS", "3").finish();
    assert_eq!(auto.code, Some(0), "{auto}");
    assert!(auto.stderr.contains("cassettes: auto: 2 exchanges replayed, 1 recorded"), "{auto}");
    drop(teller);
    assert_eq!(std::fs::read_to_string(cassettes("missing").join("iteration-1.json")).unwrap(), before);
    let replayed = replay(&["missing"]).env("AITEST_ITERATIONS", "3").finish();
    assert_eq!(replayed.code, Some(0), "{replayed}");
    std::fs::remove_dir_all(cassettes("missing")).unwrap();
    let nothing = test(&["missing"]).env("AITEST_CASSETTES", "auto").finish();
    assert!(
        failure(&nothing, "missing", 1).contains("TELLER_API_KEY is not set"),
        "who asks in truth needs a key: {nothing}"
    );
    assert!(!cassettes("missing").exists(), "and nothing is kept of it");
}

#[test]
fn a_cassette_that_is_none_is_named_and_kept() {
    let teller = Teller::start();
    assert_eq!(teller.record(&["spoiled"]).code, Some(0));
    drop(teller);
    let path = cassettes("spoiled").join("iteration-1.json");
    let whole = std::fs::read_to_string(&path).unwrap();
    for (spoiled, message) in [
        (whole.replace("\"cassette\": 1", "\"cassette\": 2"), "is of version 2, and this aitest reads version 1"),
        (whole[..whole.len() / 2].to_owned(), "is no cassette: EOF while parsing"),
        ("Good day.".to_owned(), "is no cassette: expected value at line 1 column 1"),
        (String::new(), "is no cassette: EOF while parsing a value at line 1 column 0"),
        (whole.replace("\"answers\"", "\"anwsers\""), "is no cassette: unknown field `anwsers`"),
        (whole.replace("\"status\": 200", "\"status\": 7"), "is no cassette: `7` is no HTTP status"),
        (whole.replace("\"body\"", "\"fault\""), "is no cassette: "),
        (
            whole.replace("\"content-type\"", "\"content type\""),
            "is no cassette: `content type` is no name of a header",
        ),
        (whole.replace("\"assistant\"", "\"../../../etc/passwd\""), ""),
    ] {
        std::fs::write(&path, &spoiled).unwrap();
        for mode in ["replay", "auto"] {
            let run = test(&["spoiled"]).env("AITEST_CASSETTES", mode).finish();
            if message.is_empty() {
                assert_eq!(run.code, Some(0), "a text is a text: {run}");
                continue;
            }
            assert_eq!(run.outcomes("spoiled").into_values().collect::<Vec<_>>(), ["errored", "passed"], "{run}");
            let failure = failure(&run, "spoiled", 1);
            assert!(failure.contains("tests/cassettes/recorded__spoiled/iteration-1.json"), "{failure}");
            assert!(failure.contains(message), "{message} is not in {failure}");
            assert!(!run.stdout.contains("panicked"), "{run}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), spoiled, "nobody writes over it");
        }
    }
    std::fs::write(&path, &whole).unwrap();
    let mut edited: Value = serde_json::from_str(&whole).unwrap();
    let exchange = edited["exchanges"][0].clone();
    edited["exchanges"].as_array_mut().unwrap().push(exchange);
    std::fs::write(&path, edited.to_string()).unwrap();
    let unused = replay(&["spoiled"]).finish();
    assert_eq!(unused.code, Some(0), "{unused}");
    assert!(unused.stderr.contains("iteration-1.json: 1 of its exchanges were not asked for"), "{unused}");
    assert!(unused.stderr.contains("cassettes: replay: 2 exchanges replayed, 1 not asked for"), "{unused}");
}

#[test]
fn processes_that_record_at_once_leave_whole_files() {
    let teller = Teller::start();
    let record = || {
        let binary = Cargo::binary(project(), "recorded", &["--exact", "twice"]);
        let binary = binary.env("TELLER_URL", &teller.url).env("TELLER_API_KEY", KEY);
        binary.env("AITEST_CASSETTES", "record").env("AITEST_ITERATIONS", "50").spawn()
    };
    let processes: Vec<_> = (0..4).map(|_| record()).collect();
    for (process, _dir) in processes {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    drop(teller);
    let replayed = replay(&["twice"]).env("AITEST_ITERATIONS", "50").finish();
    assert_eq!(replayed.code, Some(0), "{replayed}");
    let files = std::fs::read_dir(cassettes("twice")).unwrap().count();
    assert_eq!(files, 50, "nothing else is left");
}

#[test]
fn a_folder_that_cannot_be_written_costs_the_recording_alone() {
    let teller = Teller::start();
    // A file where the folder belongs stops even root.
    std::fs::create_dir_all(cassettes("unwritable").parent().unwrap()).unwrap();
    std::fs::write(cassettes("unwritable"), "").unwrap();
    let run = teller.record(&["unwritable"]);
    assert_eq!(run.code, Some(0), "{run}");
    let message = "tests/cassettes/recorded__unwritable cannot be written: ";
    assert_eq!(run.stderr.matches(message).count(), 1, "{run}");
    assert!(run.stderr.contains("cassettes: record: no exchanges"), "{run}");
}

#[test]
fn what_was_cut_off_by_a_time_limit_says_so() {
    let teller = Teller::start();
    let recorded = teller.record(&["times_out"]);
    assert_eq!(recorded.outcomes("times_out")[&1], "timed_out", "{recorded}");
    drop(teller);
    let replayed = replay(&["times_out"]).finish();
    assert_eq!(replayed.outcomes("times_out")[&1], "errored", "{replayed}");
    assert!(failure(&replayed, "times_out", 1).contains("without an answer: the recorded iteration ended first"));
}

#[test]
fn a_task_that_does_not_know_its_iteration_asks_nobody() {
    let teller = Teller::start();
    let run = teller.asks(&["from_a_task"]).env("AITEST_CASSETTES", "replay").finish();
    assert_eq!(run.code, Some(101), "{run}");
    let message = "outside an iteration cannot be replayed: spawn tasks with aitest::spawn";
    assert!(failure(&run, "from_a_task", 1).contains(message), "{run}");
    assert!(run.stderr.contains(message), "whatever the body makes of it: {run}");
    let run = teller.record(&["from_a_task"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stderr.contains("it was not recorded"), "{run}");
}

#[test]
fn a_recorded_server_is_not_started_again() {
    let teller = Teller::start();
    let folder = tempfile::tempdir().unwrap();
    let live = folder.path().join("live").display().to_string();
    let started = || std::fs::read_to_string(&live).map_or(0, |text| text.lines().count());
    let tests = ["serves", "does_not_serve"];
    let run = |cargo: Cargo, mode: &str| cargo.env("LIVE", &live).env("AITEST_CASSETTES", mode).finish();
    let recorded = run(teller.asks(&tests), "record");
    assert_eq!(recorded.outcomes("serves").into_values().collect::<Vec<_>>(), ["passed", "passed"], "{recorded}");
    assert_eq!(started(), 4, "one for the question and one for the run, in each iteration");
    let message = failure(&recorded, "does_not_serve", 1);
    assert!(
        message.starts_with("tool server `gone`: the server ended before it was ready (exit status: 3)"),
        "{message}"
    );
    assert!(message.contains("no disk"), "{message}");
    drop(teller);
    let replayed = run(replay(&tests), "replay");
    same(&recorded, &replayed);
    assert_eq!(started(), 4, "none in a replay: {replayed}");
    let kept = texts(&cassettes("serves"));
    assert!(kept.contains("\"to\": \"mcp/bank\"") && kept.contains("\"instructions\": \"Be exact.\""), "{kept}");
    // Another tool's arguments are another request.
    let path = cassettes("serves").join("iteration-1.json");
    let changed = std::fs::read_to_string(&path).unwrap().replace("\"to\": \"savings\"", "\"to\": \"checking\"");
    std::fs::write(&path, changed).unwrap();
    let missed = run(replay(&["serves"]), "replay");
    assert_eq!(missed.outcomes("serves").into_values().collect::<Vec<_>>(), ["errored", "passed"], "{missed}");
    let message = failure(&missed, "serves", 1);
    assert!(message.contains("has no answer to this request to mcp/bank"), "{message}");
    assert!(
        message.contains("-       \"to\": \"checking\"") && message.contains("+       \"to\": \"savings\""),
        "{message}"
    );
    assert_eq!(started(), 4);
}

#[test]
fn an_agent_behind_a_tap_replays_as_ours_do() {
    let teller = Teller::start();
    let recorded = teller.record(&["taps"]);
    assert_eq!(recorded.code, Some(0), "{recorded}");
    drop(teller);
    let replayed = replay(&["taps"]).finish();
    same(&recorded, &replayed);
    let iterations = replayed.test("taps")["iterations"].clone();
    for iteration in iterations.as_array().unwrap() {
        assert!(
            iteration["notes"].to_string().contains(&format!("a stream: {}", iteration["n"] == 2)),
            "{iteration:#}"
        );
        assert!(iteration["spend"]["agent"]["usage"]["input_tokens"].as_u64() > Some(0), "{iteration:#}");
        assert!(iteration["spend"]["agent"]["cost_pico_usd"].as_u64() > Some(0), "{iteration:#}");
    }
    assert!(replayed.stderr.contains("cassettes: replay: 7 exchanges replayed"), "{replayed}");
    assert!(!replayed.stderr.contains("limits:"), "no limit holds a recording back: {replayed}");
    let kept = texts(&cassettes("taps"));
    assert!(!kept.contains(KEY), "{kept}");
    for to in ["compatible/teller POST /chat/completions", "GET /models"] {
        assert!(kept.contains(&format!("\"to\": \"{to}\"")), "{to}: {kept}");
    }
    assert!(kept.contains("\"data: [DONE]\""), "a stream is kept as it came, by lines: {kept}");
    let missed = replay(&["taps"]).env("AITEST_ITERATIONS", "4").finish();
    assert_eq!(missed.outcomes("taps")[&4], "errored", "{missed}");
    assert!(failure(&missed, "taps", 4).contains("iteration 4 of taps was never recorded"), "{missed}");
}
