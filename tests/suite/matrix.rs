//! Tests with several models and cases, end to end.

use serde_json::Value;

use crate::cargo::{Cargo, Finished};
use crate::stub::{ANSWER, Stub};

fn run(filters: &[&str]) -> Finished {
    Cargo::binary("agent", "matrix", filters).finish()
}

fn case<'a>(results: &'a Value, case: &str) -> &'a Value {
    let tests = results["tests"].as_array().expect("tests");
    tests.iter().find(|test| test["case"] == case).unwrap_or_else(|| panic!("no {case} in\n{results:#}"))
}

#[test]
fn every_model_is_a_test_of_its_own() {
    let run = run(&["agents"]);
    assert_eq!(run.code, Some(101), "{run}");
    assert!(run.stdout.contains("test agents::gpt_5_mini ... ok"), "{run}");
    assert!(run.stdout.contains("test agents::claude_haiku_4_5 ... FAILED"), "{run}");
    let results = run.results();
    assert_eq!(case(&results, "gpt_5_mini")["verdict"]["verdict"], "passed");
    assert_eq!(case(&results, "claude_haiku_4_5")["iterations"][0]["turns"][1]["text"], "I am claude-haiku-4-5.");
}

#[test]
fn a_model_knows_its_parts() {
    let run = run(&["models"]);
    assert_eq!(run.code, Some(0), "{run}");
    let results = run.results();
    assert_eq!(case(&results, "gpt_5_mini")["iterations"][0]["notes"][0], "gpt-5-mini of openai");
    assert_eq!(case(&results, "_4o")["iterations"][0]["notes"][0], "4o of github");
}

/// One libtest test, and a row, a verdict and a threshold for each case.
fn has_a_verdict_for_each_case(run: &Finished) {
    let results = run.results();
    let tests = results["tests"].as_array().unwrap();
    let verdicts: Vec<_> = tests
        .iter()
        .map(|test| (test["case"].as_str().unwrap(), test["verdict"]["verdict"].as_str().unwrap()))
        .collect();
    let expected = [
        ("large / brief", "passed"),
        ("large / polite", "failed"),
        ("small / brief", "passed"),
        ("small / polite", "passed"),
    ];
    assert_eq!(verdicts, expected, "{run}");
    for test in tests {
        assert_eq!((&test["path"], &test["title"]), (&"greets".into(), &"Greets".into()));
        assert_eq!(test["iterations"].as_array().unwrap().len(), 2);
        assert_eq!(test["gates"][0]["threshold"], 0.5);
    }
}

#[test]
fn every_case_has_a_verdict() {
    let run = run(&["--exact", "greets"]);
    assert_eq!(run.code, Some(101), "{run}");
    has_a_verdict_for_each_case(&run);
    assert!(run.stdout.contains("greets[large / polite]: 0/2 iterations passed"), "{run}");
    assert!(!run.stdout.contains("greets[small"), "only what failed is told: {run}");
    assert!(run.stderr.contains("greets[large / polite]"), "{run}");
    assert!(run.stderr.contains("-- --exact greets\n"), "libtest knows the test without its case: {run}");
}

#[test]
fn nextest_runs_all_cases_of_a_test() {
    let run = Cargo::nextest("agent", &["--test", "matrix", "-E", "test(=greets)"]).finish();
    assert_eq!(run.code, Some(100), "{run}");
    has_a_verdict_for_each_case(&run);
}

#[test]
fn cases_that_cannot_be_built_are_errored() {
    let run = run(&["unbuilt"]);
    let failure = &run.test("unbuilt")["iterations"][0]["failure"]["message"];
    assert_eq!(failure, "the case could not be built: \"no folder `prompts`\"", "{run}");
    assert_eq!(run.code, Some(101), "{run}");
}

#[test]
fn cases_of_one_name_are_an_error() {
    let run = run(&["ambiguous"]);
    let failure = run.test("ambiguous")["iterations"][0]["failure"]["message"].as_str().unwrap().to_owned();
    assert!(failure.contains("two cases are named `a`"), "{failure}");
}

#[test]
fn aitest_model_replaces_what_is_not_fixed() {
    let stub = Stub::start("200 OK", ANSWER);
    let run = Cargo::binary("agent", "matrix", &["follows", "stays", "defaults"])
        .env("AITEST_MODEL", "openai/from-outside")
        .env("OPENAI_API_KEY", "sk-not-a-real-key")
        .env("OPENAI_BASE_URL", &stub.url)
        .finish();
    assert_eq!(run.code, Some(0), "{run}");
    for test in ["follows", "defaults"] {
        let test = run.test(test);
        assert_eq!(test["follows_model"], true, "{test:#}");
    }
    assert!(run.test("stays").get("follows_model").is_none(), "{run}");
    let report = run.file("report.html");
    assert_eq!(report.matches("follows the model openai/from-outside from AITEST_MODEL").count(), 2, "{run}");
}

#[test]
fn without_aitest_model_the_code_decides() {
    let run = run(&["follows", "defaults"]);
    assert!(run.test("follows").get("follows_model").is_none(), "{run}");
    assert_eq!(run.test("follows")["verdict"]["verdict"], "passed");
    let failure = run.test("defaults")["iterations"][0]["failure"]["message"].as_str().unwrap().to_owned();
    assert!(failure.contains("set AITEST_MODEL=openai/gpt-5-mini, or `model` in aitest.toml"), "{failure}");
}

#[test]
fn a_model_without_its_provider_is_an_error() {
    let run = Cargo::binary("agent", "matrix", &["follows"]).env("AITEST_MODEL", "gpt-5-mini").finish();
    assert!(run.stdout.contains("AITEST_MODEL: `gpt-5-mini` is no model of a provider"), "{run}");
}
