//! A replay is what was recorded.

use super::{KEY, Teller, cassettes, failure, project, replay, same, test, texts};
use crate::cargo::{Cargo, Finished};

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

#[test]
fn a_client_of_the_user_s_own_is_not_asked_again() {
    let run = |mode: &str, asked: &str| test(&["custom"]).env("AITEST_CASSETTES", mode).env("ASKED", asked).finish();
    let recorded = run("record", "2");
    assert_eq!(recorded.code, Some(0), "{recorded}");
    let replayed = run("replay", "0");
    assert_eq!(replayed.code, Some(0), "{replayed}");
    same(&recorded, &replayed);
}
