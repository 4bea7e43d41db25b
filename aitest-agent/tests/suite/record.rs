//! What a run leaves in the record of its iteration.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use aitest_agent::{Agent, Provider};
use aitest_runtime::private::{Options, RuntimeFlavor, ShouldPanic, TestSpec, run_async};
use serde_json::{Value, json};

use crate::http::{ModelServer, Reply};
use crate::server::calling;

const SCENARIO: &str = "SUITE_SCENARIO";

static SPEC: TestSpec = TestSpec {
    package: "aitest-agent",
    manifest_dir: env!("CARGO_MANIFEST_DIR"),
    module_path: module_path!(),
    name: "scenario",
    case: None,
    file: file!(),
    line: line!(),
    docs: "",
    should_panic: ShouldPanic::No,
    options: Options { timeout: Some("700ms"), runtime: RuntimeFlavor::CurrentThread, ..Options::NONE },
};

/// One test with a record of its own, in a process of its own.
#[test]
fn scenario() {
    let Ok(scenario) = std::env::var(SCENARIO) else { return };
    run_async(&SPEC, |_| async {
        let call = Reply::calls(&[("a", "{\"x\":1}"), ("b", "{}")]);
        match scenario.as_str() {
            "answer" => {
                let limited = Reply::status("429 Too Many Requests", "retry-after-ms: 1\r\n", "");
                let model = ModelServer::start([limited, call, Reply::text("done")]).await;
                let agent = Agent::new(model.provider()).mcp_server(calling("text 1")).system_prompt("be brief");
                assert!(agent.named("teller").run("go").await?.success);
            }
            "dropped" => {
                let model = ModelServer::start([call]).await;
                // The first call is answered, the second never.
                let server = calling(r#"case $line in *'"a"'*) text 1 ;; esac"#);
                Agent::new(model.provider()).mcp_server(server).run("go").await?;
            }
            "named_cost" => {
                let message = json!({ "content": "done" });
                let usage = json!({ "prompt_tokens": 9, "completion_tokens": 1, "cost": 0.25 });
                let reply = Reply::json(&json!({ "choices": [{ "message": message }], "usage": usage }));
                Agent::new(ModelServer::start([reply]).await.provider()).run("go").await?;
            }
            "wrong_key" => {
                let model = ModelServer::start([Reply::status("401 Unauthorized", "", "")]).await;
                let _ = Agent::new(model.provider()).run("go").await;
                panic!("the body fails because of it");
            }
            _ => {
                // The pause is longer than the time limit, and is no work.
                let limited = Reply::status("429 Too Many Requests", "retry-after-ms: 900\r\n", "");
                let model = ModelServer::start([limited, Reply::text("done")]).await;
                Agent::new(model.provider()).run("go").await?;
            }
        }
        Ok::<_, aitest_runtime::Error>(())
    });
}

/// The last record of `scenario`.
fn record(scenario: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let mut test = Command::new(std::env::current_exe().unwrap());
    test.args(["--exact", "record::scenario"]).env(SCENARIO, scenario).env("AITEST_DIR", folder.path());
    test.env("AITEST_ITERATIONS", "1").stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    let mut journals = Vec::new();
    find_journals(folder.path(), &mut journals);
    let events = journals.iter().flat_map(|text| text.lines()).map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.rev().find(|event| event["t"] == "iteration_finished").unwrap()["body"].take()
}

fn find_journals(folder: &Path, journals: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.extension() {
            _ if path.is_dir() => find_journals(&path, journals),
            Some(extension) if extension == "jsonl" => journals.push(std::fs::read_to_string(path).unwrap()),
            _ => {}
        }
    }
}

#[test]
fn a_run_with_an_answer() {
    let record = record("answer");
    assert_eq!((&record["outcome"], &record["agents"]), (&json!("passed"), &json!(["teller"])));
    let turns = record["turns"].as_array().unwrap();
    let roles = turns.iter().map(|turn| turn["role"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(roles, ["system", "user", "assistant", "assistant"]);
    let call = &turns[2]["calls"][0];
    assert_eq!((&call["tool"], &call["arguments"], &call["result"]), (&json!("a"), &json!("{\"x\":1}"), &json!("1")));
    assert_eq!((&call["server"], &turns[2]["served_model"]), (&json!("fixture"), &json!("served-1")));
    assert_eq!(record["final_response"], "done");
    assert_eq!(record["agent"]["usage"]["input_tokens"], 20);
    assert_eq!(record["retries"][0], json!({ "why": "compatible/m: 429 Too Many Requests", "wait_ms": 1 }));
}

#[test]
fn a_run_that_is_dropped_in_a_call() {
    let record = record("dropped");
    assert_eq!(record["outcome"], "timed_out");
    let calls = &record["turns"][1]["calls"];
    assert_eq!(calls[0]["result"], "1", "what had ended is there");
    assert_eq!((&calls[1]["tool"], &calls[1]["result"]), (&json!("b"), &Value::Null));
    assert_eq!(record["agent"]["usage"]["output_tokens"], 5);
}

#[test]
fn the_cost_that_a_provider_names_is_recorded() {
    let record = record("named_cost");
    assert_eq!(record["agent"]["cost"], json!(250_000_000_000_u64), "{}", record["agent"]);
}

#[test]
fn a_run_without_infrastructure() {
    let record = record("wrong_key");
    assert_eq!((&record["outcome"], &record["failure"]["kind"]), (&json!("errored"), &json!("provider")));
    let message = record["failure"]["message"].as_str().unwrap();
    assert!(message.starts_with("compatible/m: 401 Unauthorized"), "{message}");
}

#[test]
fn a_pause_is_waiting_not_working() {
    let record = record("pause");
    assert_eq!(record["outcome"], "passed", "{}", record["failure"]);
    assert!(record["waited_us"].as_u64().unwrap() >= Duration::from_millis(900).as_micros() as u64);
}

#[test]
fn a_provider_is_plain_data() {
    assert_eq!(format!("{:?}", Provider::new("openai/gpt-5-mini").temperature(0.2)), "Provider(openai/gpt-5-mini)");
}
