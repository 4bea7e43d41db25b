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

#[test]
fn an_output_that_cannot_be_written_costs_the_others_nothing() {
    for (variable, other) in [("AITEST_JSON", "report.html"), ("AITEST_HTML", "results.json")] {
        let cargo = Cargo::test("plain", &["--test", "outcomes", "reliable"]);
        let file = cargo.dir().join("a-file");
        std::fs::write(&file, "").unwrap();
        let path = file.join("output").display().to_string();
        let run = cargo.env(variable, &path).finish();
        assert_eq!(run.code, Some(0), "{run}");
        assert!(run.stderr.contains(&format!("it is not written; set {variable} or AITEST_DIR")), "{run}");
        assert_eq!(run.stderr.matches(&path).count(), 1, "it is warned of, and not named as written: {run}");
        assert!(run.dir.path().join(other).is_file() && run.stderr.contains(other), "{run}");
    }
}
