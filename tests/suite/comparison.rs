//! Agents over the same tests, end to end.

use crate::cargo::Cargo;

fn agent(results: &serde_json::Value, name: &str) -> serde_json::Value {
    let agents = results["agents"].as_array().unwrap();
    agents.iter().find(|agent| agent["name"] == name).unwrap_or_else(|| panic!("no {name} in {results:#}")).clone()
}

#[test]
fn the_better_of_two_agents_is_told() {
    let run = Cargo::test("plain", &["--test", "compared"]).finish();
    assert_eq!(run.code, Some(0), "{run}");
    let results = run.results();
    let (strong, weak) = (agent(&results, "strong"), agent(&results, "weak"));
    assert_eq!((&strong["rank"], &weak["rank"]), (&serde_json::json!([1, 1]), &serde_json::json!([2, 2])), "{run}");
    let comparison = &results["comparison"];
    let pair = &comparison["pairs"][0];
    assert_eq!(pair["result"], "first_better", "{comparison:#}");
    assert_eq!((&pair["method"], &pair["p"]), (&"sign_flip".into(), &0.031_25.into()), "2 of 64 signs");
    assert_eq!(comparison["recommended"]["agent"], strong["id"]);
    assert!(run.stderr.contains("agents: 1.  strong  100%"), "{run}");
    assert!(run.stderr.contains("strong passes more often than weak: 50 points, p 0.031"), "{run}");
    let page = run.file("report.html");
    assert!(page.contains("Take strong: it passes more often than every other."), "{run}");
    assert!(page.contains("strong passes more often than weak") && page.contains("50 pp"), "{run}");
}

#[test]
fn few_iterations_tell_nothing_and_say_what_would() {
    let run = Cargo::test("plain", &["--test", "compared", "balance"]).env("AITEST_ITERATIONS", "4").finish();
    assert_eq!(run.code, Some(0), "{run}");
    let results = run.results();
    assert_eq!(agent(&results, "strong")["rank"], serde_json::json!([1, 2]), "{run}");
    assert_eq!(results["comparison"]["pairs"][0]["method"], "within_test_permutation");
    assert!(run.stderr.contains("no evidence that strong and weak differ: 50 points ["), "{run}");
    assert!(run.stderr.contains(" iterations of each test would tell"), "{run}");
}

#[test]
fn an_agent_below_the_gate_is_last_and_not_recommended() {
    let run = Cargo::test("plain", &["--test", "compared", "balance"])
        .env("AITEST_ITERATIONS", "4")
        .env("AITEST_MIN_PASS_RATE", "70")
        .finish();
    assert_eq!(run.code, Some(0), "6 of 8 passed: {run}");
    let results = run.results();
    let weak = agent(&results, "weak");
    assert_eq!((&weak["rank"], &weak["below_gate"]), (&serde_json::json!([2, 2]), &true.into()), "{run}");
    assert_eq!(results["comparison"]["recommended"]["agent"], agent(&results, "strong")["id"]);
    assert!(run.stderr.contains("below the gate"), "{run}");
}

#[test]
fn crossed_factors_are_told_apart() {
    let run = Cargo::test("agent", &["--test", "crossed"]).finish();
    assert_eq!(run.code, Some(0), "{run}");
    let results = run.results();
    let small = agent(&results, "small_verbose");
    assert_eq!(small["factors"], serde_json::json!({ "model": "scripted/small", "prompt": "Explain all." }), "{run}");
    let factors = &results["comparison"]["factors"];
    assert_eq!(factors["crossed"], true, "{factors:#}");
    let pair = |factor: usize| factors["factors"][factor]["pairs"][0].clone();
    assert_eq!((&factors["factors"][0]["name"], &pair(0)["is_shown"]), (&"model".into(), &true.into()), "{factors:#}");
    assert_eq!((&factors["factors"][1]["name"], &pair(1)["is_shown"]), (&"prompt".into(), &false.into()));
    assert!(run.stderr.contains("model: scripted/large 100%, scripted/small 80%: 20 points, p 0.031"), "{run}");
    assert!(!run.stderr.contains("depend on each other"), "{run}");
}
