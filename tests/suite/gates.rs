//! Verdicts, gates and exit codes.

use crate::cargo::Cargo;

fn outcomes(tests: &[&str]) -> Cargo {
    let arguments: Vec<&str> = ["--test", "outcomes", "--", "--exact"].iter().chain(tests).copied().collect();
    Cargo::test("plain", &arguments).env("AITEST_ITERATIONS", "3")
}

#[test]
fn by_default_all_iterations_must_pass() {
    let run = outcomes(&["returns_an_exit_code"]).finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert!(run.stdout.contains("2/3 iterations passed"), "{run}");
}

#[test]
fn a_missed_run_gate_ends_with_101() {
    let run = outcomes(&["flaky", "returns_an_exit_code"]).env("AITEST_MIN_PASS_RATE", "90").finish();
    assert!(run.stdout.contains("test result: ok. 2 passed"), "flaky tests are left to the gate: {run}");
    assert!(
        run.stderr.contains(
            "gate:   4/6 iterations of this test process passed (67 %), AITEST_MIN_PASS_RATE is 90 %: exit code 101"
        ),
        "{run}"
    );
    assert_eq!(run.code, Some(101));
}

#[test]
fn a_met_run_gate_lets_flaky_tests_pass() {
    let run = outcomes(&["returns_an_exit_code", "reliable"]).env("AITEST_MIN_PASS_RATE", "80").finish();
    assert_eq!(run.code, Some(0), "5 of 6 passed: {run}");
    assert_eq!(run.test("returns_an_exit_code")["verdict"]["reason"], "left_to_run_gate");
}

#[test]
fn a_broken_test_fails_under_a_run_gate_too() {
    let run = outcomes(&["broken", "reliable"]).env("AITEST_MIN_PASS_RATE", "10").finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert!(run.stdout.contains("broken ... FAILED"), "{run}");
}

#[test]
fn a_threshold_of_the_test_s_own_holds_under_a_run_gate() {
    let run = outcomes(&["flaky"]).env("AITEST_MIN_PASS_RATE", "50").env("AITEST_ITERATIONS", "1").finish();
    assert_eq!(run.code, Some(0), "{run}");
    let run = outcomes(&["flaky"]).env("AITEST_ONLY", "3").finish();
    assert_eq!(run.code, Some(101), "what AITEST_ONLY picks must pass: {run}");
    assert!(run.stderr.contains("result: FAILED. 0 passed"), "{run}");
    assert!(run.stderr.contains("note:   AITEST_ONLY is set: each picked iteration must pass"), "{run}");
    assert!(run.dir.path().join("partial.json").is_file() && !run.dir.path().join("results.json").exists());
}

#[test]
fn report_only_fails_nothing() {
    let run = outcomes(&["broken", "infrastructure_always"])
        .env("AITEST_REPORT_ONLY", "1")
        .env("AITEST_MIN_PASS_RATE", "90")
        .finish();
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(run.test("broken")["verdict"]["verdict"], "failed", "the verdict is still there");
}

#[test]
fn an_error_budget_can_be_raised() {
    let run = outcomes(&["infrastructure_once"]).env("AITEST_MAX_ERRORED", "34%").finish();
    assert_eq!(run.code, Some(0), "1 of 3 errored: {run}");
    let run = outcomes(&["infrastructure_once"]).env("AITEST_MAX_ERRORED", "33%").finish();
    assert_eq!(run.code, Some(101), "{run}");
}

#[test]
fn further_attempts_can_be_forbidden_and_raised() {
    for (retries, attempt) in [("0", 1), ("3", 4)] {
        let run = outcomes(&["infrastructure_once"]).env("AITEST_RETRY_ERRORED", retries).finish();
        let iteration = run.test("infrastructure_once")["iterations"][0].clone();
        // The first attempt goes without saying.
        assert_eq!(iteration["attempt"].as_u64().unwrap_or(1), attempt, "{iteration:#}");
    }
}

#[test]
fn the_message_of_a_failed_test_is_the_answer() {
    let run = outcomes(&["flaky"]).env("AITEST_ONLY", "3").finish();
    assert!(run.stdout.contains("0/1 iterations passed"), "{run}");
    assert!(run.stdout.contains("iteration 3 of 3 is a multiple of 3"), "{run}");
}

#[test]
fn a_body_that_exits_the_process_ends_with_101() {
    let run = Cargo::test("plain", &["--test", "exits", "--", "--exact", "exits"]).finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert!(run.stderr.contains("the process ended while 1 of its tests ran (std::process::exit?)"), "{run}");
    assert_eq!(run.outcomes("exits")[&1], "passed");
    assert_eq!(run.outcomes("exits")[&2], "interrupted");
    assert_eq!(run.results()["run"]["complete"], false);
}
