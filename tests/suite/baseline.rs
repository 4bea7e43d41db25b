//! Runs beside a baseline and beside earlier runs, end to end.

use std::path::Path;

use serde_json::Value;

use crate::cargo::{Cargo, Finished};

/// `by_variable` and `reliable` ten times, into `dir`.
fn run_in(dir: &Path, variables: &[(&str, &str)]) -> Finished {
    filtered(dir, &["by_variable", "reliable"], variables)
}

fn filtered(dir: &Path, tests: &[&str], variables: &[(&str, &str)]) -> Finished {
    let arguments: Vec<&str> = ["--test", "outcomes", "--", "--exact"].iter().chain(tests).copied().collect();
    let cargo =
        Cargo::test("plain", &arguments).env("AITEST_DIR", &dir.display().to_string()).env("AITEST_ITERATIONS", "10");
    variables.iter().fold(cargo, |cargo, (name, value)| cargo.env(name, value)).finish()
}

fn results(dir: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(dir.join("results.json")).unwrap()).unwrap()
}

fn change(results: &Value, name: &str) -> Value {
    let tests = results["baseline"]["tests"].as_array().unwrap();
    tests.iter().find(|test| test["name"] == name).unwrap_or_else(|| panic!("no {name} in {results:#}")).clone()
}

const WORSE: (&str, &str) = ("PLAIN_FAILS", "1");
const LATEST: (&str, &str) = ("AITEST_BASELINE", "latest");
const FAILS: (&str, &str) = ("AITEST_FAIL_ON_REGRESSION", "1");

#[test]
fn the_last_run_stands_beside_a_test_that_does_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    let first = run_in(folder.path(), &[]);
    assert_eq!(first.code, Some(0), "{first}");
    assert!(!first.stderr.contains("last run"), "{first}");
    // A run of other tests in between: the newest result of each test counts.
    filtered(folder.path(), &["reliable"], &[]);
    let run = run_in(folder.path(), &[WORSE]);
    assert!(run.stderr.contains("by_variable  0/10") && run.stderr.contains("last run 10/10"), "{run}");
    assert!(!run.stderr.contains("change:"), "no verdict without a baseline: {run}");
    let again = run_in(folder.path(), &[WORSE]);
    assert!(again.stderr.contains("last run 0/10"), "{again}");
}

#[test]
fn a_partial_run_is_nobody_s_last_run() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &[]);
    let partial = run_in(folder.path(), &[WORSE, ("AITEST_ONLY", "1,2")]);
    assert!(!partial.stderr.contains("last run"), "{partial}");
    let run = run_in(folder.path(), &[WORSE]);
    assert!(run.stderr.contains("last run 10/10"), "{run}");
}

#[test]
fn a_killed_run_s_finished_tests_count() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &[]);
    // As if it had been killed before it could leave its counts.
    let earlier = std::fs::read_dir(folder.path().join("runs")).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_file(earlier.join("baseline.json")).unwrap();
    let run = run_in(folder.path(), &[WORSE]);
    assert!(run.stderr.contains("last run 10/10"), "{run}");
}

#[test]
fn a_regression_since_the_latest_results_fails_the_run() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &[]);
    // The test's own threshold is met by nothing: only the gate of regressions is looked at here.
    let run = run_in(folder.path(), &[WORSE, LATEST, FAILS, ("AITEST_MIN_PASS_RATE", "2")]);
    assert_eq!(run.code, Some(101), "{run}");
    assert!(
        run.stderr.contains("gate:   regressed: by_variable; AITEST_FAIL_ON_REGRESSION is set: exit code 101"),
        "{run}"
    );
    assert!(run.stderr.contains("change: 1 regressed, 0 improved, 1 unchanged, 0 cannot tell, since latest"), "{run}");
    assert!(run.stderr.contains("regressed by_variable: 0/10, was 10/10: -100 points ["), "{run}");
    let results = results(folder.path());
    let row = change(&results, "by_variable");
    assert_eq!((&row["change"], &row["before"]["passed"]), (&"regressed".into(), &10.into()), "{row:#}");
    assert!(row["before"]["run"].is_string() && row["p_drop_gate"].as_f64().unwrap() < 0.001, "{row:#}");
    assert_eq!(change(&results, "reliable")["change"], "unchanged");
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("1 regressed, 1 unchanged, compared with latest.") && page.contains("-100 pp"));
    let back = run_in(folder.path(), &[LATEST, FAILS]);
    assert_eq!(back.code, Some(0), "what improved fails nothing: {back}");
    assert!(back.stderr.contains("improved by_variable: 10/10, was 0/10"), "{back}");
    assert!(back.stderr.contains("gate:   no test regressed (AITEST_FAIL_ON_REGRESSION)"), "{back}");
}

#[test]
fn without_the_gate_a_regression_is_only_told() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &[]);
    let told = run_in(folder.path(), &[WORSE, LATEST, ("AITEST_REPORT_ONLY", "1"), FAILS]);
    assert_eq!(told.code, Some(0), "{told}");
    assert!(told.stderr.contains("gate:   regressed: by_variable; AITEST_REPORT_ONLY is set"), "{told}");
}

#[test]
fn a_gate_that_cannot_be_judged_fails() {
    let folder = tempfile::tempdir().unwrap();
    let first = run_in(folder.path(), &[LATEST, FAILS]);
    assert_eq!(first.code, Some(101), "{first}");
    assert!(first.stderr.contains("gate:   no earlier run is kept that finished a test: run once without"), "{first}");
    let two = run_in(folder.path(), &[LATEST, FAILS, ("AITEST_ITERATIONS", "2")]);
    assert_eq!(two.code, Some(0), "0/2 after 10/10 would be seen: {two}");
    let few = run_in(folder.path(), &[LATEST, FAILS, ("AITEST_ITERATIONS", "2")]);
    assert_eq!(few.code, Some(101), "{few}");
    assert!(few.stderr.contains("gate:   2 iterations beside 2 cannot show a regression"), "{few}");
    let unset = run_in(folder.path(), &[FAILS]);
    assert!(
        unset.stdout.contains("AITEST_FAIL_ON_REGRESSION: has nothing to compare with; set AITEST_BASELINE"),
        "{unset}"
    );
    assert_eq!(unset.code, Some(101));
}

#[test]
fn results_of_another_run_are_a_baseline_and_bad_ones_fail_every_test() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run_in(other.path(), &[]);
    let path = other.path().join("results.json");
    let path_text = path.display().to_string();
    let baseline = ("AITEST_BASELINE", path_text.as_str());
    let run = run_in(folder.path(), &[WORSE, baseline]);
    assert!(run.stderr.contains("regressed by_variable: 0/10, was 10/10"), "{run}");
    assert!(run.stderr.contains("baseline 10/10"), "{run}");
    let whole = std::fs::read_to_string(&path).unwrap();
    let of_shop = whole.replace("\"package\":\"plain\"", "\"package\":\"shop\"");
    for (text, message) in [
        (&whole[..whole.len() / 2], "the file is cut off"),
        ("", "the file is empty"),
        (&whole.replace("aitest.results/1", "aitest.results/9"), "the file is of schema `aitest.results/9`"),
        (&of_shop, "the file is of another project: its tests are of `shop`"),
    ] {
        std::fs::write(&path, text).unwrap();
        let run = filtered(folder.path(), &["reliable"], &[baseline]);
        assert_eq!(run.code, Some(101), "{message}: {run}");
        assert!(
            run.stdout.contains("aitest configuration: AITEST_BASELINE: ") && run.stdout.contains(message),
            "{run}"
        );
    }
    std::fs::remove_file(&path).unwrap();
    let run = filtered(folder.path(), &["reliable"], &[baseline]);
    assert!(run.stdout.contains("cannot be read") && run.code == Some(101), "{run}");
    let own = folder.path().join("results.json").display().to_string();
    let run = filtered(folder.path(), &["reliable"], &[("AITEST_BASELINE", &own)]);
    assert!(run.stdout.contains("this run writes its results there: copy the file"), "{run}");
    assert_eq!(run.code, Some(101), "{run}");
}

#[test]
fn under_nextest_every_process_judges_its_test() {
    let folder = tempfile::tempdir().unwrap();
    let nextest = |variables: &[(&str, &str)]| {
        let filter = "test(=by_variable) | test(=reliable)";
        let cargo = Cargo::nextest("plain", &["--test", "outcomes", "-E", filter, "--no-fail-fast"])
            .env("AITEST_DIR", &folder.path().display().to_string())
            .env("AITEST_ITERATIONS", "10")
            .env("AITEST_MIN_PASS_RATE", "2");
        variables.iter().fold(cargo, |cargo, (name, value)| cargo.env(name, value)).finish()
    };
    assert_eq!(nextest(&[]).code, Some(0));
    let run = nextest(&[WORSE, LATEST, FAILS]);
    assert_ne!(run.code, Some(0), "{run}");
    assert!(run.stderr.contains("gate:   regressed: by_variable"), "{run}");
    assert_eq!(results(folder.path())["baseline"]["changes"]["regressed"], 1, "{run}");
}

#[test]
fn what_agents_were_given_otherwise_is_a_suspect() {
    let folder = tempfile::tempdir().unwrap();
    let run = |description: &str| {
        let cargo = Cargo::test("agent", &["--test", "given", "--", "--exact", "transfer"]);
        let dir = folder.path().display().to_string();
        cargo.env("AITEST_DIR", &dir).env("AITEST_BASELINE", "latest").env("DESCRIPTION", description).finish()
    };
    run("Moves money.");
    let after = run("Moves money, at once.");
    assert_eq!(after.code, Some(0), "{after}");
    let suspects = results(folder.path())["baseline"]["suspects"].clone();
    assert_eq!(suspects[0]["change"], "`transfer`: description changed", "{suspects:#}\n{after}");
    assert_eq!(suspects[0]["diff"], "- Moves money.\n+ Moves money, at once.\n");
    assert_eq!(suspects.as_array().unwrap().len(), 1, "{suspects:#}");
}
