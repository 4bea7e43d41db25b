//! Evals of a skill, and their grading.

use std::fs;

use aitest_agent::{Agent, Grading, LoadErrorKind, export_grading, load_skill_evals};
use serde_json::{Value, json};

use crate::fixtures::{files, folder, said, said_in};
use crate::http::{ModelServer, Reply};
use crate::server::calling;

#[test]
fn evals_in_the_published_shape() {
    let evals = load_skill_evals(files("skills/money-transfers")).unwrap();
    let [limit, fees] = evals.as_slice() else { panic!("{evals:?}") };
    assert_eq!((limit.id.as_str(), limit.name.as_str()), ("1", "1-may-i-transfer-6-000-to-savings-today"));
    assert_eq!(limit.prompt, "May I transfer $6,000 to savings today?");
    assert_eq!(limit.expected_output.as_deref(), Some("The limit of $5,000 a day is named"));
    assert_eq!(limit.expectations, ["The output names the limit of $5,000", "No transfer was made"]);
    assert_eq!(limit.files, [files("skills/money-transfers").join("evals/files/statement.csv")]);
    assert_eq!((fees.id.as_str(), fees.name.as_str()), ("fees", "fees-what-does-a-transfer-cost"));
    assert_eq!(Value::Object(fees.metadata.clone()), json!({ "should_trigger": true }));
    assert_eq!(load_skill_evals(files("skills/money-transfers/evals/evals.json")).unwrap(), evals);
}

#[test]
fn what_is_no_eval() {
    for (text, rule) in [
        ("{}", "1: `evals` is missing or empty"),
        ("{\n\"evals\": []}", "1: `evals` is missing or empty"),
        ("{\n\"evals\": {}}", "2: `evals` must be a list, and it is a map"),
        ("[]", "1: there must be keys and values, `key: value`, and there is a list"),
        ("{\"evals\": [\n1]}", "2: there must be keys and values, `key: value`, and there is a plain value"),
        ("{\"evals\": [\n{\"prompt\": \"p\"}]}", "2: `id` is missing or empty"),
        (
            "{\"evals\": [\n{\"id\": 1.5, \"prompt\": \"p\"}]}",
            "2: `id` must be an integer or a text, and it is a plain value",
        ),
        ("{\"evals\": [\n{\"id\": 1}]}", "2: `prompt` is missing or empty"),
        ("{\"evals\": [{\"id\": 1,\n\"prompt\": 2}]}", "2: `prompt` must be a text, and it is a plain value"),
        (
            "{\"evals\": [{\"id\": 1, \"prompt\": \"p\",\n\"expectations\": \"one\"}]}",
            "2: `expectations` must be a list, and it is a text",
        ),
        (
            "{\"evals\": [{\"id\": 1, \"prompt\": \"p\",\n\"expectations\": [\"a\",\n{}]}]}",
            "3: `expectations[]` must be a text, and it is a map",
        ),
        (
            "{\"evals\": [{\"id\": 1, \"prompt\": \"p\"},\n{\"id\": 1, \"prompt\": \"q\"}]}",
            "2: the `id` 1 is there twice",
        ),
        (
            "{\"evals\": [{\"id\": 1, \"prompt\": \"p\",\n\"files\": [\"a.pdf\"]}]}",
            "2: there is no file `a.pdf` in the skill's folder",
        ),
        (
            "{\"evals\": [{\"id\": 1, \"prompt\": \"p\",\n\"files\": [\"../secret\"]}]}",
            "2: `../secret` is not in the skill's folder",
        ),
        ("{\"evals\": [\n{\"id\": 1,}]}", "2: this is no JSON: key must be a string"),
    ] {
        let folder = folder(&[("s/evals/evals.json", text), ("secret", "")]);
        let message = said_in(&folder, load_skill_evals(folder.path().join("s")));
        assert_eq!(message, format!("~/s/evals/evals.json:{rule}"));
    }
    let none = said(load_skill_evals(files("skills/card-blocking")));
    assert!(none.starts_with("~/skills/card-blocking/evals/evals.json: it cannot be read: No such file"), "{none}");
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_a_skill() {
    let evals = "{\"evals\": [{\"id\": 1, \"prompt\": \"p\"}]}";
    let folder = folder(&[("s/evals/ours.json", evals), ("theirs.json", evals)]);
    let skill = folder.path().join("s");
    let file = skill.join("evals/evals.json");
    std::os::unix::fs::symlink("ours.json", &file).unwrap();
    assert_eq!(load_skill_evals(&skill).unwrap().len(), 1);
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("../../theirs.json", &file).unwrap();
    for path in [&skill, &file] {
        let message = said_in(&folder, load_skill_evals(path));
        assert_eq!(message, "~/s/evals/evals.json: this link leads out of the folder");
    }
}

/// The kinds of `value`, without what lists hold beyond their first items.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), shape(value))).collect(),
        Value::Array(items) => items.iter().take(1).map(shape).collect(),
        Value::String(_) => "text".into(),
        Value::Bool(_) => "flag".into(),
        _ => "number".into(),
    }
}

#[tokio::test]
async fn a_grading_has_the_published_shape() {
    let calls = Reply::calls(&[("a", "{}"), ("a", "{}"), ("b", "{}")]);
    let model = ModelServer::start([calls, Reply::text("The limit is $5,000.")]).await;
    let server = calling(r#"case $line in *'"b"'*) text no true ;; *) text yes ;; esac"#);
    let result = Agent::new(model.provider()).mcp_server(server).run("go").await.unwrap();
    let grading = Grading::of(&result);
    assert!(!grading.passed(), "nothing is expected yet");
    let grading =
        grading.expectation("It names the limit", true, "…is $5,000.").expectation("It is brief", true, "yes");
    assert!(grading.passed());
    let grading = grading.expectation("It asks back", false, "no question");
    assert!(!grading.passed());
    let folder = tempfile::tempdir().unwrap();
    let path = export_grading(folder.path().join("1/with_skill"), &grading).unwrap();
    assert_eq!(path, folder.path().join("1/with_skill/grading.json"));
    let written: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut published: Value = serde_json::from_str(&fs::read_to_string(files("grading.json")).unwrap()).unwrap();
    assert_eq!(written["summary"], json!({ "passed": 2, "failed": 1, "total": 3, "pass_rate": 2.0 / 3.0 }));
    let metrics = json!({
        "tool_calls": { "a": 2, "b": 1 },
        "total_tool_calls": 3,
        "total_steps": 2,
        "errors_encountered": 1,
        "output_chars": 20,
        "transcript_chars": 34,
    });
    assert_eq!(written["execution_metrics"], metrics);
    published["execution_metrics"]["tool_calls"] = json!({ "a": 1, "b": 1 });
    // Nobody was asked to grade, so no time is known.
    published["timing"].as_object_mut().unwrap().remove("grader_duration_seconds");
    assert_eq!(shape(&written), shape(&published));
}

#[test]
fn a_grading_that_cannot_be_written_says_why() {
    let nothing = Grading::of(&aitest_agent::AgentResult::default());
    let folder = folder(&[("file", "")]);
    let rule = "there are no expectations, so there is no pass rate: add them with `Grading::expectation`";
    assert_eq!(said_in(&folder, export_grading(folder.path(), &nothing)), format!("~/grading.json: {rule}"));
    let error = export_grading(folder.path().join("file"), &nothing.expectation("a", true, "b")).unwrap_err();
    assert_eq!(error.kind(), LoadErrorKind::NotWritable);
    assert!(error.to_string().contains("file/grading.json: it cannot be written: "), "{error}");
}
