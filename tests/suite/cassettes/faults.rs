//! Cassettes that are missing, spoiled, or cannot be written.

use serde_json::Value;

use super::{KEY, Teller, cassettes, failure, project, replay, test};
use crate::cargo::Cargo;

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
    // Who cannot ask does not lose what was recorded.
    let keyless = test(&["missing"]).env("AITEST_CASSETTES", "record").finish();
    assert!(failure(&keyless, "missing", 1).contains("TELLER_API_KEY is not set"), "{keyless}");
    let message = "recorded__missing: an iteration asked nothing, so its earlier recording was kept; if it ended too";
    assert_eq!(keyless.stderr.matches(message).count(), 1, "{keyless}");
    assert_eq!(std::fs::read_to_string(cassettes("missing").join("iteration-1.json")).unwrap(), before);
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
fn auto_asks_again_for_what_failed() {
    let teller = Teller::start();
    // Nobody answers there.
    let down = test(&["recovers"]).env("TELLER_API_KEY", KEY).env("AITEST_RETRY_ERRORED", "0");
    let down = down.env("AITEST_CASSETTES", "record").env("TELLER_URL", "http://127.0.0.1:9/v1").finish();
    assert_eq!(down.outcomes("recovers")[&1], "errored", "{down}");
    let again = replay(&["recovers"]).finish();
    assert!(failure(&again, "recovers", 1).contains("iteration-1.json has no attempt 2"), "{again}");
    let replayed = replay(&["recovers"]).env("AITEST_RETRY_ERRORED", "0").finish();
    assert_eq!(failure(&replayed, "recovers", 1), failure(&down, "recovers", 1), "a failure is replayed as it was");
    let up = teller.asks(&["recovers"]).env("AITEST_CASSETTES", "auto").finish();
    assert_eq!(up.code, Some(0), "{up}");
    assert!(up.stderr.contains("cassettes: auto: 2 exchanges recorded"), "{up}");
    drop(teller);
    assert_eq!(replay(&["recovers"]).finish().code, Some(0));
}
