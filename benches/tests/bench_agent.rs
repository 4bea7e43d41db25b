//! Agent runs, beside the same exchange written by hand.

mod measure;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};

use aitest::testing::{Reply, ScriptedModel, json};
use aitest::{Agent, Iteration, McpServer, Provider, TapExt, Wire, aitest};
use rmcp::model::CallToolRequestParams;
use rmcp::service::{RoleClient, RunningService, ServiceExt};
use rmcp::transport::TokioChildProcess;
use serde_json::Value;

const RUNS: u32 = 200;

type Service = RunningService<RoleClient, ()>;

static MODEL: LazyLock<ScriptedModel> = LazyLock::new(|| {
    ScriptedModel::named("bench")
        .on(
            "balance",
            [Reply::tool_call("get_balance", json!({"account": "checking"})), Reply::text("{result:/balance}")],
        )
        .on("at once", [Reply::text("at once")])
        .otherwise([Reply::text("slow").latency(Duration::from_millis(200))])
});

fn server() -> String {
    std::env::var("BENCH_SERVER").expect("the program names the server")
}

/// CPU time from the end of the first iteration to that of the last, for each.
struct Cpu(OnceLock<i64>);

impl Cpu {
    fn end_of(&self, it: &Iteration, name: &str) {
        let began = *self.0.get_or_init(measure::cpu_us);
        if it.index() == it.count() {
            measure::figure(name, (measure::cpu_us() - began) / i64::from(it.count() - 1));
        }
    }
}

/// An iteration with a server of its own: model, tool, model.
#[aitest(iterations = 201)]
async fn with_server(it: &Iteration) -> aitest::Result {
    static CPU: Cpu = Cpu(OnceLock::new());
    let agent = Agent::new(Provider::scripted(MODEL.clone())).mcp_server(McpServer::stdio(server()));
    let result = agent.run("What is my balance?").await?;
    assert!(result.tool_was_called("get_balance"));
    CPU.end_of(it, "with_server_us");
    Ok(())
}

#[tokio::test]
async fn with_server_by_hand() {
    let client = client();
    by_hand(&client).await;
    let began = measure::cpu_us();
    for _ in 0..RUNS {
        by_hand(&client).await;
    }
    measure::figure("with_server_by_hand_us", (measure::cpu_us() - began) / i64::from(RUNS));
}

/// All iterations on one server: model, tool, model.
#[aitest(iterations = 2001)]
async fn with_shared_server(it: &Iteration) -> aitest::Result {
    static CPU: Cpu = Cpu(OnceLock::new());
    let agent = Agent::new(Provider::scripted(MODEL.clone())).mcp_server(McpServer::stdio(server()).shared());
    let result = agent.run("What is my balance?").await?;
    assert!(result.tool_was_called("get_balance"));
    CPU.end_of(it, "with_shared_server_us");
    Ok(())
}

#[tokio::test]
async fn with_shared_server_by_hand() {
    let client = client();
    let service = start().await;
    converse(&client, &service).await;
    let began = measure::cpu_us();
    for _ in 0..10 * RUNS {
        converse(&client, &service).await;
    }
    measure::figure("with_shared_server_by_hand_us", (measure::cpu_us() - began) / i64::from(10 * RUNS));
    service.cancel().await.expect("the server ends");
}

/// One answer, no server.
#[aitest(iterations = 2001)]
async fn model_alone(it: &Iteration) -> aitest::Result {
    static CPU: Cpu = Cpu(OnceLock::new());
    let result = Agent::new(Provider::scripted(MODEL.clone())).run("Say it at once").await?;
    assert_eq!(result.final_response, "at once");
    CPU.end_of(it, "model_alone_us");
    Ok(())
}

#[tokio::test]
async fn model_alone_by_hand() {
    let client = client();
    let messages = vec![json!({"role": "user", "content": "Say it at once"})];
    ask(&client, &messages, None).await;
    let began = measure::cpu_us();
    for _ in 0..10 * RUNS {
        let message = ask(&client, &messages, None).await;
        assert_eq!(message["content"], "at once");
    }
    measure::figure("model_alone_by_hand_us", (measure::cpu_us() - began) / i64::from(10 * RUNS));
}

/// The same by hand through a tap, recorded.
#[aitest(iterations = 2001)]
async fn model_behind_a_tap(it: &Iteration) -> aitest::Result {
    static CPU: Cpu = Cpu(OnceLock::new());
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(client);
    let tap = it.tap(Wire::OpenAi)?.to(MODEL.base_url());
    let message = ask_at(&CLIENT, &tap.base_url(), &[json!({"role": "user", "content": "Say it at once"})], None).await;
    assert_eq!(message["content"], "at once");
    CPU.end_of(it, "model_behind_a_tap_us");
    Ok(())
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().tls_backend_preconfigured(measure::no_tls()).build().expect("a client")
}

/// The model's next message.
async fn ask(client: &reqwest::Client, messages: &[Value], tools: Option<&[Value]>) -> Value {
    ask_at(client, &MODEL.base_url(), messages, tools).await
}

async fn ask_at(client: &reqwest::Client, base_url: &str, messages: &[Value], tools: Option<&[Value]>) -> Value {
    let mut body = json!({"model": "bench", "messages": messages});
    if let Some(tools) = tools {
        body["tools"] = json!(tools);
    }
    let url = format!("{base_url}/chat/completions");
    let reply: Value = client.post(&url).json(&body).send().await.expect("a reply").json().await.expect("JSON");
    reply["choices"][0]["message"].clone()
}

async fn by_hand(client: &reqwest::Client) {
    let service = start().await;
    converse(client, &service).await;
    service.cancel().await.expect("the server ends");
}

async fn start() -> Service {
    let process = TokioChildProcess::new(tokio::process::Command::new(server())).expect("the server starts");
    ().serve(process).await.expect("a handshake")
}

async fn converse(client: &reqwest::Client, service: &Service) {
    let tools = service.list_tools(None).await.expect("tools").tools;
    let tools: Vec<Value> = tools
        .iter()
        .map(|tool| json!({"type": "function", "function": {"name": tool.name, "description": tool.description, "parameters": tool.input_schema}}))
        .collect();
    let mut messages = vec![json!({"role": "user", "content": "What is my balance?"})];
    loop {
        let message = ask(client, &messages, Some(&tools)).await;
        let calls = message["tool_calls"].as_array().cloned().unwrap_or_default();
        messages.push(message);
        if calls.is_empty() {
            break;
        }
        for call in calls {
            let arguments = serde_json::from_str(call["function"]["arguments"].as_str().expect("text")).expect("JSON");
            let request = CallToolRequestParams::new("get_balance").with_arguments(arguments);
            let result = service.call_tool(request).await.expect("a result");
            let text = serde_json::to_string(&result.content[0].as_text().expect("text").text).expect("JSON");
            messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": text.trim_matches('"')}));
        }
    }
}

/// Fifty answers of 200 ms, ten at a time.
#[aitest(iterations = 50, concurrency = 10)]
async fn latency(it: &Iteration) -> aitest::Result {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    static DONE: AtomicU32 = AtomicU32::new(0);
    let began = *BEGAN.get_or_init(Instant::now);
    Agent::new(Provider::scripted(MODEL.clone())).run("Hello").await?;
    let done = DONE.fetch_add(1, Ordering::SeqCst) + 1;
    if done == it.count() {
        measure::figure("latency_ms", began.elapsed().as_millis());
    }
    Ok(())
}

/// Resident memory of one run that waits for its model. The model's end of the connection is in it.
#[tokio::test]
async fn idle_memory() {
    const IDLE_RUNS: u32 = 500;
    const IDLE: usize = IDLE_RUNS as usize;
    let model = ScriptedModel::named("silent").on("first", [Reply::text("ok")]).otherwise([Reply::hang()]);
    let provider = Provider::scripted(model.clone()).max_in_flight(IDLE_RUNS);
    let agent = Agent::new(provider).system_prompt("Be brief.");
    agent.run("first").await.expect("an answer");
    let before = measure::resident_kib();
    let runs: Vec<_> = (0..IDLE).map(|_| tokio::spawn(agent.run("wait").into_future())).collect();
    while model.all_requests().len() <= IDLE {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let used = measure::resident_kib().saturating_sub(before);
    measure::figure("idle_run_kib", used as f64 / IDLE as f64);
    runs.iter().for_each(tokio::task::JoinHandle::abort);
}
