//! The same checks for all providers.

use aitest_agent::{Agent, AgentError, ProviderError};
use serde_json::json;

use super::{Failure, Fixture, all};
use crate::http::{ModelServer, Reply, Request};
use crate::server;

/// Says which of the providers a failed check is about.
fn said(fixture: &Fixture, what: &str) -> String {
    format!("{}: {what}", fixture.name)
}

async fn exchange(fixture: &Fixture) -> (aitest_agent::AgentResult, Vec<Request>) {
    let replies = [fixture.calls, fixture.answer].map(|body| Reply::status("200 OK", "x-request-id: r-1\r\n", body));
    let model = ModelServer::start(replies).await;
    let agent = Agent::new(fixture.provider(&model.address)).system_prompt("be brief");
    let result = agent.mcp_server(server::calling("text 42")).run("go").await;
    (result.unwrap_or_else(|error| panic!("{}", said(fixture, &error.to_string()))), model.requests())
}

#[tokio::test]
async fn a_tool_call_exchange() {
    for fixture in all() {
        let (result, requests) = exchange(&fixture).await;
        assert!(result.success, "{}", said(&fixture, &format!("{:?}", result.error)));
        assert_eq!(result.final_response, "done", "{}", fixture.name);
        let calls = result.tool_calls().map(|call| (&*call.name, call.result.as_deref())).collect::<Vec<_>>();
        assert_eq!(calls, [("a", Some("42")), ("b", Some("42"))], "{}", fixture.name);
        assert!(result.tool_was_called_with("a", json!({ "x": 1 })), "{}", fixture.name);
        assert_eq!(requests.len(), 2, "{}", fixture.name);
        (fixture.second)(&requests[1].body);
    }
}

#[tokio::test]
async fn where_a_request_goes_and_with_which_key() {
    for fixture in all() {
        let (_, requests) = exchange(&fixture).await;
        for request in requests {
            let head = request.head.to_ascii_lowercase();
            let line = format!("post {} http/1.1", fixture.path.to_ascii_lowercase());
            assert!(head.starts_with(&line), "{}", said(&fixture, &head));
            assert!(head.contains("content-type: application/json"), "{}", said(&fixture, &head));
            let keys = ["authorization: ", "api-key: ", "x-goog-api-key: "];
            match fixture.key {
                Some(key) => assert!(head.contains(&format!("\r\n{key}/")), "{}", said(&fixture, &head)),
                None => assert!(!keys.iter().any(|key| head.contains(key)), "{}", said(&fixture, &head)),
            }
        }
    }
}

#[tokio::test]
async fn usage_in_one_meaning() {
    for fixture in all() {
        let (result, _) = exchange(&fixture).await;
        let tokens = result.token_usage;
        let found = [
            tokens.input_tokens,
            tokens.output_tokens,
            tokens.cache_read_input_tokens,
            tokens.cache_creation_input_tokens,
            tokens.reasoning_output_tokens,
        ];
        assert_eq!(found, fixture.usage, "{}", fixture.name);
        assert!(result.turns.iter().all(|turn| turn.served_model.is_some()), "{}", fixture.name);
        assert!(result.turns.iter().all(|turn| turn.finish_reason.is_some()), "{}", fixture.name);
    }
}

/// Each fixture whose provider shows thoughts thinks this before its calls.
#[tokio::test]
async fn thoughts_are_kept_apart_from_what_is_said() {
    let mut shown = Vec::new();
    for fixture in all() {
        let (result, _) = exchange(&fixture).await;
        let [calls, answer] = &result.turns[..] else { panic!("{}", fixture.name) };
        let thoughts = (calls.reasoning.as_deref(), answer.reasoning.as_deref());
        assert!(matches!(thoughts, (None | Some("Both tools are needed."), None)), "{}: {thoughts:?}", fixture.name);
        assert!(!calls.text.contains("Both tools"), "{}: {}", fixture.name, calls.text);
        shown.extend(thoughts.0.map(|_| fixture.name.split('/').next().unwrap()));
    }
    // Gemini shows thoughts to who asks for them, OpenAI to nobody.
    assert_eq!(shown, ["anthropic", "ollama", "openrouter", "groq", "mistral", "deepseek", "xai"]);
}

async fn failing(fixture: &Fixture, failure: &Failure) -> (ProviderError, usize) {
    let model = ModelServer::start([Reply::status(failure.status, failure.headers, failure.body)]).await;
    match Agent::new(fixture.provider(&model.address)).run("go").await {
        Err(AgentError::Provider(error)) => (error, model.requests().len()),
        other => panic!("{}", said(fixture, &format!("{other:?}"))),
    }
}

#[tokio::test]
async fn errors_say_what_to_do() {
    for fixture in all() {
        for failure in &fixture.errors {
            let (error, requests) = failing(&fixture, failure).await;
            let message = error.to_string();
            assert_eq!(error.kind(), failure.kind, "{message}");
            assert!(message.starts_with(&format!("{}: ", fixture.name)), "{message}");
            let (start, end) = failure.message.split_once('…').unwrap_or(("", failure.message));
            assert!(message.contains(start) && message.ends_with(end), "{message}\nis not\n{}", failure.message);
            assert_eq!(error.retry_after(), failure.retry_after, "{message}");
            assert_eq!(requests, if error.is_transient() { 4 } else { 1 }, "{message}");
        }
    }
}

#[tokio::test]
async fn every_provider_that_is_known_has_a_fixture() {
    let error = Agent::new("nobody/m").run("go").await.unwrap_err().to_string();
    let (_, known) = error.split_once("known are ").unwrap();
    let known = known.split(';').next().unwrap().split(", ").map(|name| name.trim_matches(['`', '/']));
    let fixtures = all().map(|fixture| fixture.name.split('/').next().unwrap());
    assert_eq!(known.collect::<Vec<_>>(), fixtures);
}
