//! The README's table of exit codes, a test for each cell.

use crate::cargo::{Cargo, Finished};

/// What both runners end with when they run `test` of `plain`'s target.
fn codes(target: &str, test: &str, variables: &[(&str, &str)]) -> [Option<i32>; 2] {
    let filter = format!("test(={test})");
    let cargo = Cargo::test("plain", &["--test", target, "--", "--exact", test]);
    let nextest = Cargo::nextest("plain", &["--test", target, "-E", &filter]);
    [cargo, nextest].map(|runner| {
        let iterating = runner.env("AITEST_ITERATIONS", "3");
        variables.iter().fold(iterating, |runner, (name, value)| runner.env(name, value)).finish().code
    })
}

const GREEN: [Option<i32>; 2] = [Some(0), Some(0)];
const RED: [Option<i32>; 2] = [Some(101), Some(100)];

#[test]
fn every_test_met_its_threshold() {
    assert_eq!(codes("outcomes", "flaky", &[]), GREEN);
}

#[test]
fn a_test_did_not_or_errored_too_often_or_could_not_be_judged() {
    assert_eq!(codes("outcomes", "broken", &[]), RED);
    assert_eq!(codes("outcomes", "infrastructure_once", &[]), RED);
    assert_eq!(codes("outcomes", "infrastructure_always", &[]), RED);
}

#[test]
fn a_process_was_below_the_gate() {
    assert_eq!(codes("outcomes", "returns_an_exit_code", &[("AITEST_MIN_PASS_RATE", "90")]), RED);
    assert_eq!(codes("outcomes", "returns_an_exit_code", &[("AITEST_MIN_PASS_RATE", "60")]), GREEN);
}

#[test]
fn a_setting_could_not_be_read() {
    assert_eq!(codes("outcomes", "reliable", &[("AITEST_CONCURRENCY", "0")]), RED);
    // Nothing fails by a verdict then, and there is none.
    let report_only = [("AITEST_CONCURRENCY", "0"), ("AITEST_REPORT_ONLY", "1")];
    assert_eq!(codes("outcomes", "reliable", &report_only), RED);
}

#[test]
fn a_test_ended_its_process() {
    assert_eq!(codes("exits", "exits", &[]), RED);
    assert_eq!(codes("exits", "aborts", &[]), RED);
}

#[test]
fn verdict_and_gate_failed_under_report_only() {
    let variables = [("AITEST_REPORT_ONLY", "1"), ("AITEST_MIN_PASS_RATE", "90")];
    assert_eq!(codes("outcomes", "broken", &variables), GREEN);
}

#[test]
fn nextest_shows_the_gate_that_was_missed() {
    let run: Finished = Cargo::nextest("plain", &["-E", "test(=returns_an_exit_code)"])
        .env("AITEST_ITERATIONS", "3")
        .env("AITEST_MIN_PASS_RATE", "90")
        .finish();
    assert!(run.stderr.contains("AITEST_MIN_PASS_RATE is 90 %: exit code 101"), "{run}");
}
