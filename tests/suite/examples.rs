//! The examples run without a key and show their full report.

use std::process::Command;

use serde_json::Value;

/// What `cargo test -p PACKAGE` leaves in `results.json`, as a user runs it.
fn results(package: &str) -> Value {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ["AITEST_", "NEXTEST", "SKILLS_", "PROMPTS_"].iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(&*name);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    command.args(["test", "-p", package, "--offline"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.env("AITEST_DIR", folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.path().join("report.html").exists());
    serde_json::from_str(&std::fs::read_to_string(folder.path().join("results.json")).unwrap()).unwrap()
}

/// Passed iterations of the case `case` of the test `path`.
fn passed(results: &Value, path: &str, case: &str) -> u64 {
    let tests = results["tests"].as_array().unwrap();
    let test = tests.iter().find(|test| test["path"] == path && test["case"] == case);
    let test = test.unwrap_or_else(|| panic!("no {path}, {case} in {results:#}"));
    let iterations = test["iterations"].as_array().unwrap();
    for iteration in iterations {
        assert_eq!(iteration["turns"][0]["role"], "system", "{iteration:#}");
        assert!(iteration["spend"]["agent"]["cost_pico_usd"].as_u64() > Some(0), "{iteration:#}");
    }
    iterations.iter().filter(|iteration| iteration["outcome"] == "passed").count() as u64
}

#[test]
fn a_skill_is_compared_with_its_next_version_and_with_none() {
    let results = results("skills");
    let of = |test: &str| ["without", "version_1", "version_2"].map(|agent| passed(&results, test, agent));
    let [without, first, second] = of("limit");
    assert!(without < first && without < second, "both versions know the limit: {without}, {first}, {second} of 20");
    let best = results["agents"].as_array().unwrap().iter().find(|agent| agent["rank"][0] == 1);
    assert_eq!(best.unwrap()["name"], "version_2");
    let [without, first, second] = of("fee");
    assert!(without < second && first < second, "the second version alone knows the fee: {without}, {first}, {second}");
    for eval in ["1-may-i-transfer-6-000-today", "2-what-does-a-transfer-abroad-cost"] {
        assert!(passed(&results, "evaluated", eval) > 10);
    }
}

#[test]
fn each_prompt_of_a_folder_runs_on_each_model() {
    let results = results("prompts");
    let of = |model: &str| {
        ["careful", "concise", "thorough"].map(|prompt| passed(&results, "fee", &format!("{model} / {prompt}")))
    };
    let (large, small) = (of("teller-large"), of("teller-small"));
    assert!(large.iter().zip(&small).all(|(large, small)| large > small), "{large:?} {small:?}");
    let ranked = results["agents"].as_array().unwrap().iter().filter(|agent| agent["rank"].is_array()).count();
    assert_eq!(ranked, 6);
}
