//! The examples of agents of the user's own: their reports have the sections of the banking example's.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What an example's tests left in their results.
fn results(manifest: &str, arguments: &[&str]) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ["AITEST_", "NEXTEST", "BANKING_", "OPENAI_"].iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(&*name);
        }
    }
    command.args(["test", "--offline", "--locked", "--manifest-path"]).arg(root.join(manifest));
    command.args(arguments).env("AITEST_DIR", folder.path());
    if manifest != "Cargo.toml" {
        // One folder for both: rig and genai share much.
        command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("own-agents"));
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{manifest} {arguments:?}: {text}");
    assert!(folder.path().join("report.html").is_file(), "{text}");
    serde_json::from_str(&std::fs::read_to_string(folder.path().join("results.json")).unwrap()).unwrap()
}

/// The names of all fields in the results, with those around them.
fn sections(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = format!("{path}/{name}");
                sections(field, &path, found);
                found.insert(path);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| sections(element, path, found)),
        _ => {}
    }
}

fn sections_of(results: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    sections(&results["tests"], "tests", &mut found);
    sections(&results["agents"], "agents", &mut found);
    found
}

/// What only the banking example has: a server, which names itself in a call, is waited for, and says which call failed;
/// a second agent to be ranked with and told apart from, in a test with cases; assertions and limits of aitest's own.
fn banking_alone(section: &str) -> bool {
    let parts = ["/server", "/waited_ms", "/calls/error", "/rank", "/factors", "/case", "/assertions", "/params"];
    parts.iter().any(|part| section.contains(part))
}

fn check(example: &Value, name: &str) {
    let banking = results("Cargo.toml", &["-p", "banking", "--test", "banking"]);
    let (own, ours) = (sections_of(example), sections_of(&banking));
    let missing: Vec<&String> = ours.difference(&own).filter(|section| !banking_alone(section)).collect();
    assert!(missing.is_empty(), "{name} lacks {missing:?}");
    let tests = example["tests"].as_array().unwrap();
    let transfer = tests.iter().find(|test| test["path"] == "transfer").unwrap();
    let turns = transfer["iterations"][0]["turns"].as_array().unwrap();
    let roles: Vec<&str> = turns.iter().map(|turn| turn["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "assistant"], "{transfer:#}");
    let call = &turns[2]["calls"][0];
    assert_eq!((&call["tool"], call["result"].is_string()), (&"transfer".into(), true), "{call:#}");
    assert_eq!(example["agents"][0]["name"], "scripted/teller", "{:#}", example["agents"]);
    assert_eq!(example["run"]["totals"]["n"], 10, "{:#}", example["run"]["totals"]);
}

#[test]
fn a_tapped_agent_has_the_sections_of_ours() {
    check(&results("Cargo.toml", &["-p", "own-agent-http", "--test", "teller"]), "own-agent-http");
}

#[test]
#[ignore = "builds rig"]
fn own_agents_with_rig() {
    check(&results("examples/own-agent-rig/Cargo.toml", &[]), "own-agent-rig");
}

#[test]
#[ignore = "builds genai"]
fn own_agents_with_genai() {
    check(&results("examples/own-agent-genai/Cargo.toml", &[]), "own-agent-genai");
}
