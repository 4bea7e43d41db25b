//! What goes wrong around the tests.

use std::os::unix::fs::symlink;

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
fn a_full_disk_is_warned_about_once() {
    let cargo = Cargo::test("plain", &["--test", "outcomes", "reliable"])
        .env("AITEST_ITERATIONS", "50")
        .env("AITEST_RUN_ID", "full");
    let run = cargo.dir().join("runs/full");
    std::fs::create_dir_all(&run).unwrap();
    // The results cannot be written either: /dev/full takes nothing.
    symlink("/dev/full", cargo.dir().join("results.json.link")).unwrap();
    let finished = cargo.finish();
    assert_eq!(finished.code, Some(0), "{finished}");
}
