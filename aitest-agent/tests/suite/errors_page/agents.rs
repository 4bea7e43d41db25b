//! What agents, their results, and files of servers do.

use std::future::IntoFuture;
use std::time::Duration;

use aitest_agent::{Agent, AgentError, ClarificationDetection, McpServer, load_mcp_config};
use futures_util::FutureExt;
use serde_json::{Value, json};

use super::{check, is_whole};
use crate::http::{ModelServer, Reply};
use crate::server::calling;

async fn refused(agent: Agent) -> String {
    agent.run("go").await.unwrap_err().to_string()
}

/// What the run with `server` says that ends without success.
async fn stopped(reply: Reply, set: impl FnOnce(Agent) -> Agent) -> String {
    let model = ModelServer::start([reply]).await;
    let agent = set(Agent::new(model.provider()).mcp_server(calling("text no true")));
    agent.run("go").await.unwrap().error.unwrap().to_string()
}

fn without_a_runtime() -> String {
    let run = || Agent::new("openai/m").run("go").into_future().now_or_never().unwrap().unwrap_err().to_string();
    std::thread::spawn(run).join().unwrap()
}

async fn runs() -> Vec<String> {
    let model = ModelServer::start([Reply::text("done")]).await;
    let strict = || Agent::new(model.provider()).allowed_tools(["z"]);
    let call = || Reply::calls(&[("a", "{}")]);
    vec![
        refused(strict().mcp_server(calling(""))).await,
        refused(strict()).await,
        without_a_runtime(),
        stopped(call(), |agent| agent.max_turns(1)).await,
        stopped(call(), |agent| agent.retries(0)).await,
        stopped(Reply::Hang, |agent| agent.timeout(Duration::from_millis(100))).await,
    ]
}

async fn judged() -> Vec<String> {
    let model = ModelServer::start([Reply::text("Shall I?")]).await;
    let judge = ModelServer::start([Reply::text("YES")]).await;
    let unready = ModelServer::start([Reply::status("401 Unauthorized", "", "")]).await;
    let agent = |by: &ModelServer| {
        let detection = ClarificationDetection::error().model(by.provider());
        Agent::new(model.provider()).detect_clarification(detection)
    };
    vec![
        agent(&judge).run("go").await.unwrap().error.unwrap().to_string(),
        // Provoked by `record::a_judge_is_charged_apart_from_the_agent`, where no variable names a judge.
        AgentError::NoJudge.to_string(),
        refused(agent(&model)).await,
        refused(agent(&unready)).await,
    ]
}

async fn questions() -> Vec<String> {
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    let session = Agent::new(model.provider()).mcp_server(calling("text 1")).session();
    let result = session.run("go").await.unwrap();
    vec![
        result.all_tool_calls()[0].arg::<u8>("amount").unwrap_err().to_string(),
        session.get::<u8>().unwrap_err().to_string(),
    ]
}

fn loaded(text: &str) -> Result<Vec<McpServer>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".mcp.json");
    std::fs::write(&path, text).unwrap();
    load_mcp_config(&path).map_err(|error| error.to_string())
}

fn files() -> Vec<String> {
    let of = |entry: Value| loaded(&json!({ "mcpServers": { "bank": entry } }).to_string()).unwrap_err();
    vec![
        load_mcp_config("/no/such.json").unwrap_err().to_string(),
        loaded("{").unwrap_err(),
        loaded("{}").unwrap_err(),
        of(json!([])),
        of(json!({})),
        of(json!({ "command": 1 })),
        of(json!({ "command": "x", "args": "-v" })),
        of(json!({ "command": "x", "env": ["A=b"] })),
        of(json!({ "type": "ws", "url": "ws://x" })),
        of(json!({ "command": "${NO_SUCH}" })),
        of(json!({ "command": "${input:key}" })),
    ]
}

#[tokio::test]
async fn every_row_of_the_agents_is_met() {
    let mut messages = runs().await;
    for further in [judged().await, questions().await, files()] {
        messages.extend(further);
    }
    check("agents", &messages, is_whole);
}
