//! What goes wrong around the tests.

use crate::cargo::Cargo;

#[test]
fn a_read_only_folder_costs_the_report_alone() {
    let cargo = Cargo::test("plain", &["--test", "outcomes", "reliable"]);
    // A file where the folder of runs belongs stops even root.
    std::fs::write(cargo.dir().join("runs"), "").unwrap();
    let run = cargo.finish();
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(run.stderr.matches("cannot be written").count(), 1, "{run}");
    assert!(run.stderr.contains("set AITEST_DIR to a folder that can be written"), "{run}");
}

#[test]
fn a_failed_test_still_answers_without_a_journal() {
    let cargo = Cargo::test("plain", &["--test", "outcomes", "broken"]);
    std::fs::write(cargo.dir().join("runs"), "").unwrap();
    let run = cargo.finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert!(run.stdout.contains("nothing works"), "{run}");
}

#[test]
fn a_run_gate_holds_without_a_journal() {
    let cargo = Cargo::test("plain", &["--test", "outcomes", "--", "--exact", "flaky"]);
    std::fs::write(cargo.dir().join("runs"), "").unwrap();
    let run = cargo.env("AITEST_ITERATIONS", "3").env("AITEST_MIN_PASS_RATE", "90").finish();
    assert!(run.stderr.contains("gate:   2/3 iterations of this test process passed (67 %)"), "{run}");
    assert_eq!(run.code, Some(101), "{run}");
}

#[test]
fn a_full_disk_is_warned_about_once_and_changes_no_verdict() {
    // A limit on the size of files makes every write beyond it fail, as a full disk does.
    let limited = |tests: &[&str]| {
        Cargo::binary_after("trap '' XFSZ; ulimit -f 8", "plain", "outcomes", tests)
            .env("AITEST_ITERATIONS", "200")
            .finish()
    };
    let run = limited(&["--exact", "reliable"]);
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(run.stderr.matches("cannot be written").count(), 1, "{run}");
    let run = limited(&["--exact", "broken"]);
    assert_eq!(run.code, Some(101), "{run}");
    assert!(run.stdout.contains("0/200 iterations passed"), "{run}");
}
