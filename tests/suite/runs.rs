//! Runs over one and several processes.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use crate::cargo::Cargo;

#[test]
fn several_test_binaries_are_one_run_and_one_report() {
    let run = Cargo::test(
        "plain",
        &["--no-fail-fast", "--lib", "--test", "second", "--test", "nothing", "reliable", "--", "elsewhere", "inside"],
    )
    .env("AITEST_ITERATIONS", "3")
    .finish();
    let results = run.results();
    let paths: Vec<&str> =
        results["tests"].as_array().unwrap().iter().map(|test| test["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["tests::inside_the_library", "elsewhere"], "{run}");
    assert_eq!(results["run"]["complete"], true);
    assert!(!run.stderr.contains("--no-fail-fast"), "nobody is told what they know: {run}");
    assert_eq!(std::fs::read_dir(run.dir.path().join("runs")).unwrap().count(), 1, "one run");
    assert_eq!(run.code, Some(101));
}

#[test]
fn nextest_s_processes_are_one_run_and_one_report() {
    let run = Cargo::nextest("plain", &["--no-fail-fast", "-E", "test(/^(reliable|flaky|broken|elsewhere)$/)"])
        .env("AITEST_ITERATIONS", "3")
        .finish();
    let results = run.results();
    assert_eq!(results["tests"].as_array().unwrap().len(), 4, "{run}");
    assert_eq!(results["run"]["processes"].as_array().unwrap().len(), 4);
    assert!(
        run.dir
            .path()
            .join("runs")
            .read_dir()
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with("nextest-")
    );
    assert_eq!(run.code, Some(100), "nextest's own code for failed tests");
}

#[test]
fn library_binary_and_integration_test_of_one_name_are_three_tests() {
    let arguments = ["--no-fail-fast", "--lib", "--bin", "plain", "--test", "plain", "of_the_crate_plain"];
    let run = Cargo::test("plain", &arguments).env("AITEST_ITERATIONS", "3").finish();
    let results = run.results();
    let tests = results["tests"].as_array().unwrap();
    let found = tests.iter().map(|test| (test["target"].as_str().unwrap(), test["stats"]["passed"].as_u64().unwrap()));
    let found: std::collections::BTreeMap<_, _> = found.collect();
    assert_eq!(found, [("bin/plain", 3), ("plain", 0), ("test/plain", 3)].into(), "{run}");
    assert!(run.stderr.contains(" cargo test -p plain --lib -- --exact tests::of_the_crate_plain"), "{run}");
}

#[test]
fn a_run_id_that_is_used_twice_keeps_both_executions() {
    let first = Cargo::binary("plain", "outcomes", &["--exact", "by_variable"]).env("AITEST_RUN_ID", "nightly");
    let dir = first.dir().to_owned();
    let first = first.env("AITEST_ITERATIONS", "4").finish();
    assert_eq!(first.code, Some(0), "{first}");
    let again = Cargo::binary("plain", "outcomes", &["--exact", "by_variable"]).env("AITEST_RUN_ID", "nightly");
    let again = again.env("AITEST_ITERATIONS", "4").env("AITEST_DIR", dir.to_str().unwrap()).env("PLAIN_FAILS", "1");
    let again = again.finish();
    assert_eq!(again.code, Some(101), "{again}");
    let test = first.test("by_variable");
    assert_eq!((&test["rerun"], &test["stats"]["passed"], &test["stats"]["n"]), (&2.into(), &4.into(), &8.into()));
    assert_eq!(test["verdict"]["verdict"], "failed", "the later execution is what counts: {test:#}");
}

#[test]
fn a_retry_of_nextest_is_a_rerun() {
    let run = Cargo::nextest("plain", &["--retries", "1", "-E", "test(=broken)"]).finish();
    let test = run.test("broken");
    assert_eq!(test["stats"]["n"], 2, "both reruns are pooled: {test:#}");
    assert_eq!(test["rerun"], 2);
}

#[test]
fn a_direct_start_is_a_run_of_its_own() {
    let run = Cargo::binary("plain", "second", &[]).env("AITEST_ITERATIONS", "2").finish();
    let id = run.results()["run"]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("self-"), "{id}");
    assert_eq!(run.outcomes("elsewhere")[&2], "failed");
}

#[test]
fn a_process_without_aitest_writes_nothing() {
    let run = Cargo::test("plain", &["--test", "nothing"]).finish();
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(std::fs::read_dir(run.dir.path()).unwrap().count(), 0);
}

#[test]
fn a_test_that_is_registered_twice_runs_once_and_says_so() {
    let run = Cargo::test("plain", &["--test", "twice"]).finish();
    assert_eq!(run.code, Some(0), "{run}");
    assert!(
        run.stderr.contains("registered_twice is registered twice and ran once: `#[test]` above `#[aitest]`"),
        "{run}"
    );
    assert_eq!(run.test("registered_twice")["stats"]["n"], 1);
}

#[test]
fn a_seed_fixes_the_outcomes() {
    let run = |command: Cargo, concurrency: &str| {
        let run = command
            .env("AITEST_ITERATIONS", "8")
            .env("AITEST_SEED", "42")
            .env("AITEST_CONCURRENCY", concurrency)
            .finish();
        run.outcomes("runs_beside_itself")
    };
    let one = run(Cargo::test("plain", &["--test", "outcomes", "runs_beside_itself"]), "1");
    let four = run(Cargo::test("plain", &["--test", "outcomes", "runs_beside_itself"]), "4");
    let nextest = run(Cargo::nextest("plain", &["-E", "test(=runs_beside_itself)"]), "4");
    assert!(
        one.values().any(|outcome| outcome == "passed") && one.values().any(|outcome| outcome == "failed"),
        "{one:?}"
    );
    assert_eq!(one, four);
    assert_eq!(one, nextest);
}

#[test]
fn the_summary_comes_after_the_last_line_of_libtest() {
    let run = Cargo::binary("plain", "outcomes", &["--exact", "flaky"]).env("AITEST_ITERATIONS", "3").finish();
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains("test result: ok"), "{run}");
    assert!(run.stderr.contains("FLAKY  flaky"), "{run}");
    assert!(run.stderr.contains("report.html"), "{run}");
}

/// A repository, and a `git` for it that is the shell script.
fn repository(script: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join(".git/refs/heads")).unwrap();
    std::fs::write(folder.path().join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
    std::fs::write(folder.path().join(".git/refs/heads/main"), "abc123\n").unwrap();
    let git = folder.path().join("git");
    std::fs::write(&git, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&git, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn inside(command: Cargo, repository: &tempfile::TempDir) -> Cargo {
    let place = repository.path().display().to_string();
    command.env("CARGO_MANIFEST_DIR", &place).env("PATH", &format!("{place}:/usr/bin:/bin"))
}

#[test]
fn a_run_says_whether_files_differ() {
    let repository = repository("echo ' M src/lib.rs'");
    let command = inside(Cargo::binary("plain", "exits", &["--exact", "endless", "--nocapture"]), &repository);
    let runs = command.dir().join("runs");
    let (mut child, _dir) = command.spawn();
    let journals = || -> Option<String> {
        let run = std::fs::read_dir(&runs).ok()?.next()?.ok()?.path();
        let files = std::fs::read_dir(run).ok()?.filter_map(Result::ok).map(|file| file.path());
        Some(files.filter_map(|path| std::fs::read_to_string(path).ok()).collect())
    };
    let answered = || journals().unwrap_or_default().lines().any(|line| line.contains(r#""t":"git_state""#));
    let began = Instant::now();
    // The test parks and never ends; the time is for a change that breaks this.
    while !answered() && began.elapsed() < Duration::from_secs(60) {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let journals = journals().unwrap();
    let line =
        journals.lines().find(|line| line.contains(r#""t":"git_state""#)).unwrap_or_else(|| panic!("{journals}"));
    let body = &serde_json::from_str::<serde_json::Value>(line).unwrap()["body"];
    assert_eq!(body, &serde_json::json!({"commit": "abc123", "branch": "main", "dirty": true}));
}

#[test]
fn a_run_that_is_over_waits_for_no_git_and_leaves_none() {
    let repository = repository("echo $$ > \"$(dirname \"$0\")/pid\"; exec sleep 600");
    let run = inside(Cargo::binary("plain", "second", &[]), &repository).finish();
    let git = run.results()["run"]["git"].clone();
    assert_eq!(git, serde_json::json!({"commit": "abc123", "branch": "main"}), "{run}");
    // One that was ended before it could say its number is gone as well.
    if let Ok(pid) = std::fs::read_to_string(repository.path().join("pid")) {
        assert!(!std::path::Path::new("/proc").join(pid.trim()).exists(), "git {pid} is left");
    }
}

#[test]
fn old_runs_go_while_a_new_one_begins() {
    let command = Cargo::binary("plain", "exits", &["--exact", "endless", "--nocapture"]);
    let runs = command.dir().join("runs");
    for number in 0..30 {
        std::fs::create_dir_all(runs.join(number.to_string())).unwrap();
        std::fs::write(runs.join(number.to_string()).join("live.lock"), "").unwrap();
    }
    let (mut child, _dir) = command.spawn();
    let left = || std::fs::read_dir(&runs).unwrap().count();
    let began = Instant::now();
    // The test parks and never ends; the time is for a change that breaks this.
    while left() > 20 && began.elapsed() < Duration::from_secs(60) {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(left(), 20);
}
