//! What a run says when a tool server does not do its part.

use std::time::Duration;

use aitest_agent::{Agent, McpServer, Wait};

use crate::http::{ModelServer, Reply};
use crate::server::{calling, shell, with};

/// The message of a run with `server`, whose model calls `a` once.
async fn failure(server: McpServer) -> String {
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    Agent::new(model.provider()).mcp_server(server).run("go").await.unwrap_err().to_string()
}

#[tokio::test]
async fn the_command_is_not_found() {
    let message = failure(McpServer::stdio("no-such-mcp")).await;
    assert_eq!(
        message,
        "tool server `no-such-mcp`: command `no-such-mcp` not found: it is neither a binary of this package \
         (NEXTEST_BIN_EXE_no-such-mcp, CARGO_BIN_EXE_no-such-mcp) nor on PATH"
    );
    let message = failure(McpServer::stdio("./no/such").named("bank")).await;
    assert_eq!(message, "tool server `bank`: command `./no/such` not found: there is no such file");
    let message = failure(McpServer::stdio("sh").cwd("/no/such")).await;
    assert_eq!(message, "tool server `sh`: the folder `/no/such` that it should run in does not exist");
    let message = failure(McpServer::stdio("/")).await;
    assert!(message.starts_with("tool server `/`: `/` cannot be started: Permission denied"), "{message}");
}

#[tokio::test]
async fn the_server_exits_at_once() {
    let message = failure(shell("echo 'config missing' >&2; echo 'see --help' >&2; exit 3").named("bank")).await;
    assert_eq!(
        message,
        "tool server `bank`: the server ended before it was ready (exit status: 3)\n  \
         its standard error:\n  | config missing\n  | see --help"
    );
    let message = failure(shell("kill -9 $$").named("bank")).await;
    assert!(message.starts_with("tool server `bank`: the server ended before it was ready (signal: 9"), "{message}");
}

#[tokio::test]
async fn a_long_standard_error_is_cut_and_kept() {
    let model = ModelServer::start([Reply::text("done")]).await;
    let server = shell("seq 1 20000 >&2; exit 1");
    let error = Agent::new(model.provider()).mcp_server(server).run("go").await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("(last 20 of ") && message.ends_with("| 20000"), "{message}");
    let aitest_agent::AgentError::ToolServer { error, .. } = error else { panic!("{error}") };
    let error = error.downcast_ref::<aitest_agent::McpError>().unwrap();
    assert!((60_000..=64 * 1024).contains(&error.stderr().len()));
}

#[tokio::test]
async fn junk_on_standard_output() {
    let message = failure(
        shell("echo 'Welcome to bank 1.0!'; while read -r line; do :; done").timeout(Duration::from_millis(200)),
    )
    .await;
    assert_eq!(
        message,
        "tool server `sh`: the server did not answer `initialize` within 0.2 s; its standard output, which is for \
         JSON-RPC alone, holds `Welcome to bank 1.0!`"
    );
}

#[tokio::test]
async fn junk_between_messages_is_passed_over() {
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    let server = calling("echo 'debug: called'; text 1");
    assert!(Agent::new(model.provider()).mcp_server(server).run("go").await.unwrap().success);
}

#[tokio::test]
async fn the_server_never_answers() {
    let message = failure(shell("exec sleep 1000").named("bank").timeout(Duration::from_millis(100))).await;
    assert_eq!(message, "tool server `bank`: the server did not answer `initialize` within 0.1 s");
    let message = failure(with(":", ":").timeout(Duration::from_millis(300))).await;
    assert_eq!(message, "tool server `fixture`: the server did not answer `tools/list` within 0.3 s");
}

#[tokio::test]
async fn the_server_dies_in_a_call() {
    let message = failure(calling("echo 'panicked at bank.rs:7' >&2; exit 101")).await;
    assert_eq!(
        message,
        "tool server `fixture`: the server ended while `a` was called (exit status: 101)\n  \
         its standard error:\n  | panicked at bank.rs:7"
    );
    let message = failure(calling("exec >&-; sleep 1000")).await;
    assert_eq!(message, "tool server `fixture`: the server closed its standard output while `a` was called");
}

#[tokio::test]
async fn a_secret_of_the_server_is_never_shown() {
    let server = shell("echo \"token $BANK_TOKEN\" >&2; exit 1").env("BANK_TOKEN", "t-of-a-server-that-ends");
    assert!(!format!("{server:?}").contains("t-of-a-server-that-ends"));
    let message = failure(server).await;
    assert!(message.ends_with("\n  | token [redacted:BANK_TOKEN]"), "{message}");
}

const TOOL: &str = r#"reply '{"tools":[{"name":"a","inputSchema":{"type":"object"}}]}'"#;

#[tokio::test]
async fn waiting_for_tools() {
    let late = format!("n=$((n + 1)); if [ $n -lt 3 ]; then reply '{{\"tools\":[]}}'; else {TOOL}; fi");
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    let server = with(&late, "text 1").wait(Wait::for_tools(["a"]));
    assert!(Agent::new(model.provider()).mcp_server(server).run("go").await.unwrap().success);
    let never = with(TOOL, "text 1").wait(Wait::for_tools(["a", "z"]).timeout(Duration::from_millis(150)));
    assert_eq!(failure(never).await, "tool server `fixture`: the server did not offer `z` within 0.15 s; it offers: a");
}

#[tokio::test]
async fn waiting_for_a_log_line() {
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    let ready = format!("(sleep 0.05; echo 'index: ready in 3 s' >&2) & {TOOL}");
    let server = with(&ready, "text 1").wait(Wait::for_log("^index: ready"));
    assert!(Agent::new(model.provider()).mcp_server(server).run("go").await.unwrap().success);

    let never = Wait::for_log("^index: ready").timeout(Duration::from_millis(150));
    let message = failure(with(&format!("echo indexing >&2; {TOOL}"), "").wait(never)).await;
    assert_eq!(
        message,
        "tool server `fixture`: the server wrote no line to its standard error that matches `^index: ready` within \
         0.15 s\n  its standard error:\n  | indexing"
    );
    let message = failure(calling("").wait(Wait::for_log("("))).await;
    assert!(message.starts_with("tool server `fixture`: Wait::for_log: `(` is no regular expression"), "{message}");
}
