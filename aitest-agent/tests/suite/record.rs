//! What a run leaves in the record of its iteration.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use aitest_agent::{Agent, AssistantMessage, ClarificationDetection, Message, Provider, load_custom_agent};
use aitest_runtime::private::{Options, RuntimeFlavor, ShouldPanic, TestSpec, run_async};
use serde_json::{Value, json};

use crate::fixtures::files;
use crate::http::{ModelServer, Reply};
use crate::notices::NOTIFY;
use crate::server::{calling, shell};

pub(crate) const SCENARIO: &str = "SUITE_SCENARIO";

static SPEC: TestSpec = TestSpec {
    package: "aitest-agent",
    manifest_dir: env!("CARGO_MANIFEST_DIR"),
    bin: None,
    is_integration: true,
    module_path: module_path!(),
    name: "scenario",
    case: None,
    file: file!(),
    line: line!(),
    source: "0123456789abcdef",
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
            "reasoning" => {
                aitest_runtime::redact::secret("VAULT", "hunter2-4711");
                let message = json!({ "reasoning_content": "the key is hunter2-4711", "content": "done" });
                let reply = Reply::json(&json!({ "choices": [{ "message": message }] }));
                let result = Agent::new(ModelServer::start([reply]).await.provider()).run("go").await?;
                assert_eq!(result.turns[0].reasoning.as_deref(), Some("the key is hunter2-4711"));
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
            "assertions" => {
                let model = ModelServer::start([call, Reply::text("done")]).await;
                let image = r#"reply '{"content":[{"type":"image","mimeType":"image/png","data":"cGl4ZWxz"}]}'"#;
                let result = Agent::new(model.provider()).mcp_server(calling(image)).run("go").await?;
                aitest_runtime::redact::secret("VAULT", "hunter2-4711");
                result.assert_success().assert_response_lacks("hunter2-4711");
                result.assert_tool_called_with("a", json!({ "x": 2 }));
            }
            "clarification" => {
                let model = ModelServer::start([Reply::text("Shall I?")]).await;
                let agent = Agent::new(model.provider()).detect_clarification(ClarificationDetection::warning());
                assert_eq!(agent.run("go").await?.asked_for_clarification(), Some(true));
            }
            "session" => {
                let model = ModelServer::start([Reply::text("one"), Reply::text("two")]).await;
                let agent = Agent::new(model.provider()).system_prompt("be brief");
                let session = agent.session();
                session.run("a").await?;
                session.run("b").await?;
            }
            "continued" => {
                let model = ModelServer::start([Reply::text("two")]).await;
                let before = [Message::User("a".to_owned()), Message::Assistant(AssistantMessage::text("one"))];
                Agent::new(model.provider()).system_prompt("be brief").run("b").messages(before).await?;
            }
            "notices" => {
                let model = ModelServer::start([call, Reply::text("done")]).await;
                let told = r#"notify message '{"level":"warning","logger":"db","data":"slow: t-123456789"}'
                    notify message '{"level":"info","data":{"rows":2}}'
                    notify progress '{"progressToken":0,"progress":1,"total":2,"message":"half"}'; text 1"#;
                let server = calling(&format!("{NOTIFY}; case $line in *'\"a\"'*) {told} ;; *) text 2 ;; esac"));
                Agent::new(model.provider()).mcp_server(server.env("A_TOKEN", "t-123456789")).run("go").await?;
            }
            "custom_agent" => {
                let model = ModelServer::start([Reply::text("done")]).await;
                let teller = load_custom_agent(files("project/.github/agents/teller.agent.md"))?;
                Agent::new(model.provider()).mcp_server(calling("text 1")).custom_agent(&teller).run("go").await?;
            }
            "slow_start" => {
                let model = ModelServer::start([Reply::text("done")]).await;
                let server = shell("exec sleep 1000").named("bank").timeout(Duration::from_millis(900));
                Agent::new(model.provider()).mcp_server(server).run("go").await?;
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
    record_in(scenario, tempfile::tempdir().unwrap().path())
}

fn record_in(scenario: &str, folder: &Path) -> Value {
    events_in(scenario, folder, &[]).into_iter().rev().find(|event| event["t"] == "iteration_finished").unwrap()["body"]
        .take()
}

/// What the journal holds of `scenario`, run with further variables.
fn events_in(scenario: &str, folder: &Path, variables: &[(&str, &str)]) -> Vec<Value> {
    events_of("record::scenario", (scenario, folder), variables)
}

/// The same of a test with scenarios.
pub(crate) fn events_of(test: &str, (scenario, folder): (&str, &Path), variables: &[(&str, &str)]) -> Vec<Value> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test]).env(SCENARIO, scenario).env("AITEST_DIR", folder);
    command.env_remove("AITEST_LLM_MODEL").env("AITEST_ITERATIONS", "1").envs(variables.iter().copied());
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    let mut journals = Vec::new();
    find(folder, &mut |path| {
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            journals.push(std::fs::read_to_string(path).unwrap());
        }
    });
    journals.iter().flat_map(|text| text.lines()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn find(folder: &Path, file: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { find(&path, file) } else { file(&path) }
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
fn what_the_agent_was_given_is_recorded_once() {
    let folder = tempfile::tempdir().unwrap();
    let events = events_in("answer", folder.path(), &[("AITEST_ITERATIONS", "3")]);
    let of =
        |kind: &str| events.iter().filter(|event| event["t"] == kind).map(|event| &event["body"]).collect::<Vec<_>>();
    let [agent] = of("agent")[..] else { panic!("{events:#?}") };
    assert_eq!(
        (&agent["agent"], &agent["provider"], &agent["model"]),
        (&json!("teller"), &json!("compatible"), &json!("m"))
    );
    assert_eq!(agent["params"], json!({ "max_turns": "10", "retries": "1" }));
    let texts = of("text");
    let text = |sha256: &Value| texts.iter().find(|text| text["sha256"] == *sha256).unwrap()["text"].as_str().unwrap();
    assert_eq!(text(&agent["system_prompt"]), "be brief");
    assert_eq!(agent["servers"][0]["name"], "fixture");
    assert_eq!(
        text(&agent["servers"][0]["sha256"]),
        r#"[{"name":"a","description":"tool a","schema":{"type":"object"}},{"name":"b","description":"","schema":{"properties":{},"type":"object"}}]"#
    );
    assert_eq!(texts.len(), 2, "each once");
    let records = of("iteration_finished");
    assert_eq!(records.len(), 3);
    assert!(records.iter().all(|record| record["setups"] == json!([agent["id"]])), "{records:?}");
}

#[test]
fn what_the_model_thought_is_recorded() {
    let record = record("reasoning");
    assert_eq!(record["outcome"], "passed", "{}", record["failure"]);
    assert_eq!(record["turns"][1]["reasoning"], "the key is [redacted:VAULT]");
    assert!(record["turns"][0].get("reasoning").is_none());
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

fn said(record: &Value) -> Vec<(&str, &str)> {
    let turns = record["turns"].as_array().unwrap();
    turns.iter().map(|turn| (turn["role"].as_str().unwrap(), turn["text"].as_str().unwrap_or_default())).collect()
}

#[test]
fn assertions_and_images() {
    let folder = tempfile::tempdir().unwrap();
    let record = record_in("assertions", folder.path());
    assert_eq!((&record["outcome"], &record["failure"]["kind"]), (&json!("failed"), &json!("assert")));
    let expected = "`a` is called with {\"x\":2}";
    let actual = "call 1 of 1 was made with:\n  x   expected 2   was 1   ← differs";
    assert_eq!(record["failure"]["message"], format!("assertion failed: {expected}\n{actual}"));
    let assertions = record["assertions"].as_array().unwrap();
    assert_eq!(assertions.len(), 3, "those that held, too");
    assert_eq!(assertions[1]["expected"], "the answer does not contain \"[redacted:VAULT]\"");
    assert_eq!(
        (&assertions[0]["passed"], &assertions[0]["expected"]),
        (&json!(true), &json!("the agent comes to an answer"))
    );
    let failed =
        json!({ "expected": expected, "passed": false, "actual": actual, "location": record["failure"]["location"] });
    assert_eq!(assertions[2], failed, "at the place in the test");
    assert!(failed["location"].as_str().unwrap().contains("record.rs:"), "{failed}");

    let image = &record["turns"][1]["calls"][0]["images"][0];
    assert_eq!((&image["mime_type"], &image["bytes"]), (&json!("image/png"), &json!(6)));
    let mut blobs = Vec::new();
    find(folder.path(), &mut |path| {
        blobs.extend(path.ends_with(image["blob"].as_str().unwrap()).then(|| path.to_owned()));
    });
    assert_eq!(std::fs::read(&blobs[0]).unwrap(), b"pixels");
}

/// The judge that `AITEST_LLM_MODEL` names.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_judge_is_charged_apart_from_the_agent() {
    let folder = tempfile::tempdir().unwrap();
    let judge = ModelServer::start([Reply::text("YES")]).await;
    let url = judge.base_url();
    let variables =
        [("AITEST_LLM_MODEL", "openai/judge-1"), ("OPENAI_BASE_URL", &*url), ("OPENAI_API_KEY", "k-12345678")];
    let mut events = events_in("clarification", folder.path(), &variables);
    assert_eq!(judge.requests()[0].body["model"], "judge-1");
    let finished = events.iter().position(|event| event["t"] == "iteration_finished").unwrap();
    let record = events.remove(finished)["body"].take();
    assert_eq!(record["outcome"], "passed", "{}", record["failure"]);
    for spender in ["agent", "judge"] {
        let (usage, unpriced) = (&record[spender]["usage"], &record[spender]["unpriced"]);
        assert_eq!((usage, unpriced), (&json!({ "input_tokens": 10, "output_tokens": 5 }), &json!(1)), "{spender}");
    }
    assert_eq!(record["agents"], json!(["compatible/m"]), "a judge is no agent");
    assert_eq!(said(&record).last().unwrap(), &("note", "asked for clarification, as judged by openai/judge-1"));
    let warning = events.iter().find(|event| event["t"] == "warning").unwrap();
    assert_eq!(warning["body"]["code"], "asked_for_clarification");

    let folder = tempfile::tempdir().unwrap();
    let events = events_in("clarification", folder.path(), &[]);
    let without = events.iter().rev().find(|event| event["t"] == "iteration_finished").unwrap();
    assert_eq!(
        (&without["body"]["outcome"], &without["body"]["failure"]["kind"]),
        (&json!("errored"), &json!("judge"))
    );
    let message = without["body"]["failure"]["message"].as_str().unwrap();
    assert!(message.contains("or set AITEST_LLM_MODEL"), "{message}");
}

#[test]
fn a_session_shows_its_system_prompt_once() {
    let expected = [("system", "be brief"), ("user", "a"), ("assistant", "one"), ("user", "b"), ("assistant", "two")];
    assert_eq!(said(&record("session")), expected);
}

#[test]
fn a_conversation_from_elsewhere_is_noted() {
    let note = ("note", "continues a conversation of 2 messages");
    assert_eq!(said(&record("continued")), [note, ("system", "be brief"), ("user", "b"), ("assistant", "two")]);
}

#[test]
fn the_start_of_a_server_is_waiting_and_its_own_limit_names_it() {
    let record = record("slow_start");
    assert_eq!(record["outcome"], "errored", "{}", record["failure"]);
    let message = record["failure"]["message"].as_str().unwrap();
    assert_eq!(message, "tool server `bank`: the server did not answer `initialize` within 0.9 s");
}

#[test]
fn what_a_server_tells_is_recorded() {
    let record = record("notices");
    assert_eq!(record["outcome"], "passed", "{}", record["failure"]);
    let turns = record["turns"].as_array().unwrap();
    let notes = turns.iter().filter(|turn| turn["role"] == "note").map(|turn| turn["text"].as_str().unwrap());
    assert_eq!(
        notes.collect::<Vec<_>>(),
        [
            "tool server `fixture`: warning (db): slow: [redacted:A_TOKEN]",
            "tool server `fixture`: info: {\"rows\":2}",
            "tool server `fixture`: progress 1 of 2: half",
        ]
    );
    assert_eq!((&turns[1]["calls"][0]["result"], &turns[1]["calls"][1]["result"]), (&json!("1"), &json!("2")));
}

#[test]
fn a_provider_is_plain_data() {
    assert_eq!(format!("{:?}", Provider::new("openai/gpt-5-mini").temperature(0.2)), "Provider(openai/gpt-5-mini)");
}

#[test]
fn tools_of_a_file_that_no_server_offers_are_noted() {
    let record = record("custom_agent");
    let notes = record["turns"].as_array().unwrap().iter().filter(|turn| turn["role"] == "note");
    let notes = notes.map(|turn| turn["text"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(notes, ["no server offers these tools of the agent's file: read, search.codebase"]);
}
