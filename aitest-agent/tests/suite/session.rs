//! Conversations of several prompts.

use aitest_agent::{Agent, McpServer};

use crate::http::{ModelServer, Reply};
use crate::server::{calling, with};

/// A server whose tool counts its calls, and writes to the file `ended` when its input ends.
fn counter(ended: &std::path::Path) -> McpServer {
    calling(r#"count=$((count + 1)); text "$count""#)
        .env("count", "0")
        .env("at_end", format!("echo ended >> {}", ended.display()))
}

fn calls_then_answers(times: usize) -> Vec<Reply> {
    (0..times).flat_map(|_| [Reply::calls(&[("a", "{}")]), Reply::text("ok")]).collect()
}

#[tokio::test]
async fn servers_and_messages_live_as_long_as_the_session() {
    let folder = tempfile::tempdir().unwrap();
    let ended = folder.path().join("ended");
    let model = ModelServer::start(calls_then_answers(4)).await;
    let agent = Agent::new(model.provider()).mcp_server(counter(&ended)).system_prompt("be brief");

    let session = agent.session();
    for (prompt, count, context) in [("one", "1", 0), ("two", "2", 4)] {
        let result = session.run(prompt).await.unwrap();
        assert_eq!(result.all_tool_calls()[0].result.as_deref(), Some(count), "the server goes on");
        assert_eq!(result.session_context_count(), context);
        assert!(!ended.exists());
    }
    assert_eq!(session.messages().len(), 8);
    session.end().await;
    assert_eq!(std::fs::read_to_string(&ended).unwrap(), "ended\n", "once, and gone when `end` returns");

    let other = agent.session();
    let result = other.run("one").await.unwrap();
    assert_eq!(result.all_tool_calls()[0].result.as_deref(), Some("1"), "another session has another server");
    drop(other);
    assert_eq!(std::fs::read_to_string(&ended).unwrap(), "ended\nended\n", "and gone when it is dropped");
}

#[tokio::test]
async fn runs_of_one_session_go_one_after_the_other() {
    let model = ModelServer::start([Reply::text("1"), Reply::text("2"), Reply::text("3")]).await;
    let session = Agent::new(model.provider()).session();
    let runs = ["a", "b", "c"].map(|prompt| session.run(prompt).into_future());
    let results = futures_util::future::try_join_all(runs).await.unwrap();
    let counts: Vec<_> = results.iter().map(aitest_agent::AgentResult::session_context_count).collect();
    assert_eq!(counts, [0, 2, 4]);
    assert_eq!(results[2].final_response, "3");
}

#[tokio::test]
async fn a_run_that_ends_in_an_error_is_not_said() {
    let unauthorized = Reply::status("400 Bad Request", "", r#"{"error":{"message":"no such parameter"}}"#);
    let model = ModelServer::start([Reply::text("1"), unauthorized, Reply::text("2")]).await;
    let session = Agent::new(model.provider()).session();
    session.run("a").await.unwrap();
    session.run("b").await.unwrap_err();
    assert_eq!(session.messages().len(), 2);
}

/// A server that does not start is started anew by the next run; one that died is not, since its state is lost.
#[tokio::test]
async fn a_server_of_a_session_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    let started = folder.path().join("started");
    let list = format!(
        "if [ -e {0} ]; then reply '{{\"tools\":[{{\"name\":\"a\",\"inputSchema\":{{\"type\":\"object\"}}}}]}}'; \
         else touch {0}; exit 3; fi",
        started.display()
    );
    let model = ModelServer::start([Reply::calls(&[("a", "{}")])]).await;
    let session = Agent::new(model.provider()).mcp_server(with(&list, "exit 9")).session();
    let error = session.run("a").await.unwrap_err().to_string();
    assert!(error.contains("status: 3") || error.contains("exit") && error.contains('3'), "{error}");
    let error = session.run("a").await.unwrap_err().to_string();
    assert!(error.contains("while `a` was called"), "{error}");
    session.run("a").await.unwrap_err();
    assert_eq!(model.requests().len(), 2, "each run asked once, and met the dead server");
}

#[tokio::test]
async fn values_are_handed_on() {
    #[derive(Debug, PartialEq)]
    struct Balance(u64);
    let mut session = Agent::new("openai/m").session();
    session.set(Balance(7));
    assert_eq!(session.get::<Balance>(), Ok(&Balance(7)));
    let error = session.get::<String>().unwrap_err().to_string();
    assert!(error.starts_with("the session has no `alloc::string::String`"), "{error}");
    assert!(error.contains("Balance` (at ") && error.contains("session.rs"), "{error}");
}

#[test]
fn a_session_may_move_between_threads() {
    fn is_send<T: Send + Sync>(_: &T) {}
    let session = Agent::new("openai/m").session();
    is_send(&session);
    is_send(&session.run("go"));
}
