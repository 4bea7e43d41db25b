//! One server for the process.

use aitest_agent::{Agent, McpServer};

use crate::http::{ModelServer, Reply};
use crate::server::calling;

/// Answers with the number of the call, and with its process id.
fn counter(name: &str) -> McpServer {
    calling("n=$((n + 1)); text \"$n $$\"").named(name).shared()
}

/// The number and the process of a call in a run of its own.
async fn call(server: &McpServer) -> (u32, String) {
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    let result = Agent::new(model.provider()).mcp_server(server.clone()).run("go").await.unwrap();
    let text = result.tool_calls().next().unwrap().result.clone().unwrap();
    let (number, process) = text.split_once(' ').unwrap();
    (number.parse().unwrap(), process.to_owned())
}

/// Each on a runtime of its own, as tests are.
fn call_in_a_test(server: &McpServer) -> (u32, String) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(call(server))
}

#[test]
fn runs_share_a_server_and_its_state() {
    let (first, process) = call_in_a_test(&counter("one"));
    assert_eq!(first, 1);
    assert_eq!(call_in_a_test(&counter("one")), (2, process.clone()), "the same said of it is the same server");
    let other = call_in_a_test(&counter("two"));
    assert!(other.0 == 1 && other.1 != process, "another name is another server");
}

#[tokio::test]
async fn many_runs_at_once_start_it_once() {
    let server = counter("many");
    let calls = futures_util::future::join_all((0..20).map(|_| call(&server))).await;
    assert!(calls.iter().all(|(_, process)| *process == calls[0].1));
    let mut numbers = calls.iter().map(|(number, _)| *number).collect::<Vec<_>>();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

#[test]
fn one_that_is_gone_is_started_again() {
    let server = calling("if [ -e \"$once\" ]; then text \"1 $$\"; else : > \"$once\"; exit 7; fi").named("dies");
    let folder = tempfile::tempdir().unwrap();
    let server = server.env("once", folder.path().join("once").to_str().unwrap()).shared();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let message = runtime.block_on(async {
        let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
        Agent::new(model.provider()).mcp_server(server.clone()).run("go").await.unwrap_err().to_string()
    });
    assert_eq!(message, "tool server `dies`: the server ended while `a` was called (exit status: 7)");
    assert_eq!(call_in_a_test(&server).0, 1);
}

#[tokio::test]
async fn one_that_did_not_start_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let late = folder.path().join("late");
    let server = McpServer::stdio(late.to_str().unwrap()).named("late").shared();
    let error = server.list_prompts().await.unwrap_err().to_string();
    assert!(error.contains("not found"), "{error}");
    std::fs::write(&late, "#!/bin/sh\nexit 5\n").unwrap();
    std::fs::set_permissions(&late, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let error = server.list_prompts().await.unwrap_err().to_string();
    assert!(error.contains("(exit status: 5)"), "{error}");
}
