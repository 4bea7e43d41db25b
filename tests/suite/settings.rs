//! Settings: where they come from, and what is said of wrong ones. No iteration runs with a guess.

use crate::cargo::{Cargo, Finished};

fn with(name: &str, value: &str) -> Finished {
    Cargo::test("plain", &["--test", "outcomes", "reliable"]).env(name, value).finish()
}

/// Every documented variable with a value that cannot be read.
#[test]
fn wrong_values_name_the_variable_the_value_and_what_is_accepted() {
    for (name, value, message) in [
        ("AITEST_ITERATIONS", "0", "AITEST_ITERATIONS: `0` is not accepted; write a whole number from 1 to 1000000"),
        ("AITEST_ITERATIONS", "abc", "AITEST_ITERATIONS: `abc` is not accepted"),
        ("AITEST_ITERATIONS", "-1", "AITEST_ITERATIONS: `-1` is not accepted"),
        ("AITEST_ITERATION", "5", "AITEST_ITERATION: no such variable; did you mean `AITEST_ITERATIONS`?"),
        ("AITEST_CONCURRENCY", "0", "AITEST_CONCURRENCY: `0` is not accepted; write a whole number from 1 to 10000"),
        ("AITEST_TIMEOUT", "90", "AITEST_TIMEOUT: `90` is not accepted; write a time above 0 like `500ms`"),
        ("AITEST_MAX_WAIT", "soon", "AITEST_MAX_WAIT: `soon` is not accepted"),
        (
            "AITEST_MAX_IN_FLIGHT",
            "0",
            "AITEST_MAX_IN_FLIGHT: `0` is not accepted; write a whole number from 1 to 10000",
        ),
        ("AITEST_MAX_COST", "2,50", "AITEST_MAX_COST: `2,50` is not accepted; write US dollars above 0"),
        ("AITEST_MIN_PASS_RATE", "120", "AITEST_MIN_PASS_RATE: "),
        ("AITEST_MIN_PASS_RATE", "0.8", "0.8 would mean 0.8 %; write 80"),
        (
            "AITEST_MAX_ERRORED",
            "many",
            "AITEST_MAX_ERRORED: `many` is not accepted; write a count like `2`, or a percentage like `10%`",
        ),
        (
            "AITEST_RETRY_ERRORED",
            "101",
            "AITEST_RETRY_ERRORED: `101` is not accepted; write a whole number from 0 to 100",
        ),
        ("AITEST_REPORT_ONLY", "yes", "AITEST_REPORT_ONLY: `yes` is not accepted; write 1 or 0"),
        ("AITEST_ONLY", "1,x", "AITEST_ONLY: `1,x` is not accepted; write iteration numbers from 1 up like `7,13`"),
        ("AITEST_SEED", "-5", "AITEST_SEED: `-5` is not accepted; write a whole number from 0 to 18446744073709551615"),
        (
            "AITEST_TRANSCRIPTS",
            "some",
            "AITEST_TRANSCRIPTS: `some` is not accepted; write one of `full`, `failed`, `none`",
        ),
        (
            "AITEST_CASSETTES",
            "rewind",
            "AITEST_CASSETTES: `rewind` is not accepted; write one of `off`, `record`, `replay`, `auto`",
        ),
        (
            "AITEST_CASSETTES",
            "replay",
            "AITEST_CASSETTES: `replay` needs cassettes, which are not compiled in: add the feature `cassette`",
        ),
        ("AITEST_OUTPUT", "loud", "AITEST_OUTPUT: `loud` is not accepted; write one of `summary`, `verbose`, `none`"),
        ("AITEST_RUN_ID", "../x", "AITEST_RUN_ID: `../x` is not accepted"),
        ("AITEST_PRICES", "no-such-file.toml", "no-such-file.toml"),
    ] {
        let run = with(name, value);
        assert_eq!(run.code, Some(101), "{name}={value}: {run}");
        assert!(run.stdout.contains(message), "{name}={value}: {message} is not in {run}");
        assert!(run.stdout.contains("no iteration was run"), "{run}");
        assert!(!run.dir.path().join("results.json").exists());
    }
}

#[test]
fn a_wrong_setting_is_explained_once() {
    let run = Cargo::test(
        "plain",
        &[
            "--test",
            "outcomes",
            "--",
            "--exact",
            "infrastructure_once",
            "infrastructure_always",
            "infrastructure_within_budget",
        ],
    )
    .env("AITEST_ITERATIONS", "0")
    .finish();
    assert_eq!(run.stdout.matches("write a whole number from 1").count(), 1, "{run}");
    assert_eq!(run.stdout.matches("AITEST_ITERATIONS: see the message of an earlier test").count(), 2, "{run}");
}

#[test]
fn an_empty_variable_is_unset_and_an_unknown_one_is_a_warning() {
    let run = Cargo::test("plain", &["--test", "outcomes", "reliable"])
        .env("AITEST_ITERATIONS", "")
        .env("AITEST_COLOUR", "1")
        .finish();
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stderr.contains("nothing reads the environment variable AITEST_COLOUR"), "{run}");
    assert!(run.results()["warnings"].to_string().contains("AITEST_COLOUR"));
}

#[test]
fn every_value_keeps_its_origin() {
    let run = Cargo::test("plain", &["--test", "outcomes", "flaky"]).env("AITEST_ITERATIONS", "2").finish();
    assert!(run.file("report.html").contains("iterations 2 from AITEST_ITERATIONS"), "{run}");
    let settings = run.test("flaky")["settings"].to_string();
    assert!(settings.contains("#[aitest(min_pass_rate)]"), "{settings}");
}

#[test]
fn the_file_is_read_and_a_typo_in_it_names_line_and_column() {
    let run = Cargo::test("configured", &[]).finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert!(run.stdout.contains("aitest.toml:3:1: unknown key `conccurrency`; did you mean `concurrency`?"), "{run}");
}

#[test]
fn a_pattern_that_cannot_be_read_names_its_place() {
    let package = tempfile::tempdir().unwrap();
    std::fs::write(package.path().join("aitest.toml"), "seed = 1\nredact = [\"cust-[\"]\n").unwrap();
    let run = Cargo::binary("plain", "outcomes", &["--exact", "reliable"])
        .env("CARGO_MANIFEST_DIR", &package.path().display().to_string())
        .finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert!(run.stdout.contains("aitest.toml:2:10: `cust-[` in `redact` is not a regular expression"), "{run}");
}

#[test]
fn outputs_can_be_moved_and_turned_off() {
    let cargo = Cargo::test("plain", &["--test", "outcomes", "reliable"]);
    let html = cargo.dir().join("elsewhere/page.html");
    let run = cargo
        .env("AITEST_HTML", &html.display().to_string())
        .env("AITEST_JSON", "off")
        .env("AITEST_OUTPUT", "none")
        .finish();
    assert!(html.is_file() && !run.dir.path().join("results.json").exists(), "{run}");
    assert!(!run.stderr.contains("aitest:"), "{run}");
}

#[test]
fn transcripts_can_be_left_out() {
    let run = Cargo::test("plain", &["--test", "outcomes", "flaky"]).env("AITEST_TRANSCRIPTS", "none").finish();
    assert_eq!(run.code, Some(0), "{run}");
}
