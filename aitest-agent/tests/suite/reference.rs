//! The MCP project's reference server and its scenarios for clients. They need npm packages, which `.ci/run` installs.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aitest_agent::{
    Agent, AssistantMessage, BoxFuture, ChatReply, ChatRequest, McpServer, Message, Model, Provider, ProviderError,
    ToolCallRequest,
};

use crate::http::{ModelServer, Reply};

fn npm() -> PathBuf {
    let npm = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.ci/npm");
    assert!(npm.join("node_modules").is_dir(), "`npm ci --prefix .ci/npm` installs what this test needs");
    npm
}

fn program(name: &str) -> String {
    npm().join("node_modules/.bin").join(name).display().to_string()
}

/// Makes a Node program listen on 127.0.0.1 alone.
fn loopback() -> String {
    format!("--require={}", npm().join("loopback.cjs").display())
}

/// The reference server over HTTP, at a port of its own.
struct Everything {
    child: Child,
    port: u16,
}

impl Everything {
    fn start(transport: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(program("mcp-server-everything"));
        command.arg(transport).env("PORT", port.to_string()).env("NODE_OPTIONS", loopback());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Everything { child, port };
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "the server does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Everything {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tools, their results and notifications, prompts, resources.
async fn exercise(server: McpServer) {
    let calls = [
        ("echo", r#"{"message":"hello"}"#),
        ("get-sum", r#"{"a":2,"b":3}"#),
        ("trigger-long-running-operation", r#"{"duration":0.2,"steps":2}"#),
        ("get-tiny-image", "{}"),
        ("echo", "{}"),
    ];
    let model = ModelServer::start([Reply::calls(&calls), Reply::text("done")]).await;
    let agent = Agent::new(model.provider()).mcp_server(server.clone().named("all"));
    let result = agent.run("go").await.unwrap();
    assert!(result.success, "{:?}", result.error);
    assert!(result.mcp_prompts.iter().any(|prompt| prompt.name == "args-prompt"), "{:?}", result.mcp_prompts);
    let results = result.tool_calls().map(|call| call.result.clone().or(call.error.clone()).unwrap());
    let results = results.collect::<Vec<_>>();
    assert_eq!(results[0], "Echo: hello");
    assert!(results[1].contains('5') && results[2].contains("completed"), "{results:?}");
    assert!(results[3].contains("[image image/png"), "{results:?}");
    assert!(result.tool_calls().nth(4).unwrap().error.is_some(), "an argument is missing");
    let system = model.requests()[0].body["messages"][0]["content"].as_str().unwrap().to_owned();
    assert!(system.starts_with("Instructions of the tool server `all`:\n# Everything Server"), "{system}");

    let prompts = server.list_prompts().await.unwrap();
    assert!(prompts.iter().any(|prompt| prompt.name == "args-prompt" && prompt.arguments[0].required));
    let messages = server.get_prompt("args-prompt", [("city", "Lyon")]).await.unwrap();
    assert!(matches!(&messages[0], Message::User(text) if text.contains("Lyon")), "{messages:?}");
    let error = server.get_prompt("args-prompt", [("state", "x")]).await.unwrap_err().to_string();
    assert!(error.contains("`prompts/get` with an error"), "{error}");
    let resources = server.list_resources().await.unwrap();
    let text = resources.iter().find(|resource| resource.name == "features.md").unwrap();
    let parts = server.read_resource(&text.uri).await.unwrap();
    assert!(parts[0].text.as_deref().is_some_and(|text| text.contains('#')), "{parts:?}");
}

#[tokio::test]
#[ignore = "needs npm packages"]
async fn everything_over_stdio() {
    exercise(McpServer::stdio(program("mcp-server-everything")).args(["stdio"])).await;
}

#[tokio::test]
#[ignore = "needs npm packages"]
async fn everything_over_streamable_http() {
    let server = Everything::start("streamableHttp");
    exercise(McpServer::http(server.url("/mcp"))).await;
}

#[tokio::test]
#[ignore = "needs npm packages"]
async fn everything_over_sse() {
    let server = Everything::start("sse");
    exercise(McpServer::sse(server.url("/sse"))).await;
}

/// Calls each tool once, then answers.
#[derive(Debug)]
struct CallsAll;

impl Model for CallsAll {
    fn provider(&self) -> &str {
        "own"
    }

    fn model(&self) -> &str {
        "calls-all"
    }

    fn chat<'a>(&'a self, request: &'a ChatRequest) -> BoxFuture<'a, Result<ChatReply, ProviderError>> {
        let first = !request.messages.iter().any(|message| matches!(message, Message::Assistant(_)));
        let calls = request.tools.iter().filter(|_| first).enumerate();
        let message = calls.fold(AssistantMessage::text("done"), |message, (place, tool)| {
            let arguments = if tool.name == "add_numbers" { r#"{"a":2,"b":3}"# } else { "{}" };
            message.with_tool_call(ToolCallRequest::new(place.to_string(), &tool.name, arguments))
        });
        Box::pin(async { Ok(ChatReply::new(message)) })
    }
}

const CLIENT: &str = "SUITE_CONFORMANCE_CLIENT";

/// The client under the scenarios, in a process of its own. The server's address is the last argument.
#[tokio::test]
async fn client() {
    if std::env::var_os(CLIENT).is_none() {
        return;
    }
    let url = std::env::args().next_back().unwrap();
    let agent = Agent::new(Provider::custom(Arc::new(CallsAll))).mcp_server(McpServer::http(url));
    let result = agent.run("go").await.unwrap();
    assert!(result.success && result.tool_calls().all(|call| call.error.is_none()), "{result:?}");
}

fn conformance(scenario: &str) {
    let client = format!("{} --exact reference::client", std::env::current_exe().unwrap().display());
    let mut command = Command::new(program("conformance"));
    command.args(["client", "--scenario", scenario, "--command", &client]);
    let output = command.env(CLIENT, "1").env("NODE_OPTIONS", loopback()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    // A busy machine resumes a stream late, which is a warning too.
    assert!(said.contains(" 0 failed, ") && !said.contains("did not send Last-Event-ID"), "{said}");
}

#[test]
#[ignore = "needs npm packages"]
fn conformance_initialize() {
    conformance("initialize");
}

#[test]
#[ignore = "needs npm packages"]
fn conformance_tools_call() {
    conformance("tools_call");
}

#[test]
#[ignore = "needs npm packages"]
fn conformance_sse_retry() {
    conformance("sse-retry");
}
