//! Agents, servers and providers that fail, end to end.

use std::path::Path;
use std::process::Command;

use crate::cargo::Cargo;

#[test]
fn a_wrong_key_is_one_message_however_many_tests_ask() {
    let run = Cargo::test("agent", &["--test", "wrong_key"]).env("DEMO_API_KEY", "wrong-key-4567").finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert_eq!(run.stderr.matches("aitest: warning").count(), 1, "{run}");
    assert!(run.stderr.contains("401") && run.stderr.contains("DEMO_API_KEY"), "{run}");
    let results = run.results();
    assert_eq!(results["tests"].as_array().unwrap().len(), 50);
    assert_eq!(results["run"]["totals"]["errored"], 500, "no iteration is graded");
    assert!(!run.to_string().contains("wrong-key-4567"));
}

#[test]
fn a_server_that_dies_costs_its_iteration_alone() {
    let run = Cargo::test("agent", &["--test", "servers", "--", "--exact", "dies_once"]).finish();
    assert_eq!(run.outcomes("dies_once").into_values().collect::<Vec<_>>(), ["passed", "errored", "passed"], "{run}");
    let failure = run.test("dies_once")["iterations"][1]["failure"]["message"].as_str().unwrap().to_owned();
    assert!(failure.contains("shell") && failure.contains("out of memory"), "{failure}");
}

#[test]
fn a_command_that_is_not_found_is_named() {
    let run = Cargo::test("agent", &["--test", "servers", "--", "--exact", "not_found"]).finish();
    assert_eq!(run.test("not_found")["verdict"]["verdict"], "not_graded", "{run}");
    assert!(run.stdout.contains("no-such-server-anywhere"), "{run}");
}

#[test]
fn a_result_of_ten_megabytes_goes_to_a_file() {
    let run = Cargo::test("agent", &["--test", "servers", "--", "--exact", "ten_megabytes"]).finish();
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.file("results.json").len() < 300_000 && run.file("report.html").len() < 400_000);
    let runs = run.dir.path().join("runs");
    let blobs = std::fs::read_dir(runs).unwrap().next().unwrap().unwrap().path().join("blobs");
    let sizes: Vec<u64> =
        std::fs::read_dir(blobs).unwrap().map(|blob| blob.unwrap().metadata().unwrap().len()).collect();
    assert_eq!(sizes, [10_000_000]);
}

#[test]
fn a_body_may_have_an_http_client_of_its_own() {
    let run = Cargo::test("agent", &["--test", "own_client"]).finish();
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(run.results()["run"]["totals"]["passed"], 3, "{run}");
}

/// Waits until the `count` processes in `path` are gone; fails after 10 s.
fn all_gone(path: &Path, count: usize) {
    let pids = std::fs::read_to_string(path).expect("the server wrote its process ids");
    assert_eq!(pids.split_whitespace().count(), count, "{pids}");
    for pid in pids.split_whitespace() {
        let waited =
            Command::new("timeout").args(["10", "tail", "-s", "0.05", "-f", "/dev/null", "--pid", pid]).status();
        assert!(waited.expect("coreutils").success(), "process {pid} is left behind");
    }
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("coreutils").success());
}

#[test]
fn no_server_or_grandchild_outlives_a_killed_test_process() {
    let folder = tempfile::tempdir().unwrap();
    let (pids, called) = (folder.path().join("pids"), folder.path().join("called"));
    fifo(&called);
    let cargo = Cargo::binary("agent", "servers", &["--exact", "waits_for_a_call"])
        .env("PIDS", &pids.display().to_string())
        .env("FIFO", &called.display().to_string());
    let (mut child, _dir) = cargo.spawn();
    assert_eq!(std::fs::read_to_string(&called).unwrap(), "called\n");
    child.kill().unwrap();
    child.wait().unwrap();
    all_gone(&pids, 2);
}

#[test]
fn no_server_or_grandchild_outlives_a_process_that_exits() {
    let folder = tempfile::tempdir().unwrap();
    let (pids, called) = (folder.path().join("pids"), folder.path().join("called"));
    fifo(&called);
    let run = Cargo::binary("agent", "servers", &["--exact", "exits_in_a_call"])
        .env("PIDS", &pids.display().to_string())
        .env("INNER_FIFO", &called.display().to_string())
        .finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert_eq!(run.outcomes("exits_in_a_call")[&1], "interrupted");
    all_gone(&pids, 2);
}

#[test]
fn twenty_iterations_with_a_server_each_leave_no_process() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    let cargo = Cargo::binary("agent", "servers", &["--exact", "many"]).env("PIDS", &pids.display().to_string());
    let run = cargo.finish();
    assert_eq!((run.code, run.outcomes("many").len()), (Some(0), 20), "{run}");
    all_gone(&pids, 40);
}

#[test]
fn a_shared_server_keeps_its_state_and_ends_with_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    let cargo = Cargo::binary("agent", "servers", &["--exact", "shared"]).env("PIDS", &pids.display().to_string());
    let run = cargo.finish();
    assert_eq!(run.code, Some(0), "{run}");
    all_gone(&pids, 2);
}

#[test]
fn a_server_that_never_answers_is_named() {
    let run = Cargo::binary("agent", "servers", &["--exact", "never_answers"]).finish();
    assert_eq!(run.outcomes("never_answers").into_values().collect::<Vec<_>>(), ["errored", "errored"], "{run}");
    let failure = &run.test("never_answers")["iterations"][0]["failure"]["message"];
    assert_eq!(failure, "tool server `sleep`: the server did not answer `initialize` within 0.4 s", "{run}");
}
