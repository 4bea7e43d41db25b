//! What providers and models do.

use std::time::Duration;

use aitest_agent::{Agent, Provider};
use serde_json::json;
use tokio::net::TcpListener;

use super::{check, is};
use crate::http::{ModelServer, Reply};
use crate::server;

async fn said(provider: Provider) -> String {
    match Agent::new(provider).run("go").await {
        Err(error) => error.to_string(),
        Ok(result) => result.error.expect("it failed").to_string(),
    }
}

async fn replying(name: &str, reply: Reply) -> String {
    let model = ModelServer::start([reply]).await;
    let provider = Provider::new(name).via(format!("http://{}", model.address));
    said(if name.starts_with("ollama/") { provider } else { provider.api_key_env("PATH") }).await
}

async fn refusing(status: &'static str, body: &str) -> String {
    replying("openai/m", Reply::status(status, "retry-after-ms: 1\r\n", body)).await
}

async fn answering(body: &str) -> String {
    refusing("200 OK", body).await
}

fn error(message: &str, code: &str) -> String {
    json!({ "error": { "message": message, "code": code } }).to_string()
}

async fn misconfigured() -> Vec<String> {
    let local = || Provider::compatible("http://127.0.0.1:9/v1", "m");
    vec![
        said(local().api_key_env("SUITE_NO_SUCH_KEY")).await,
        said(Provider::new("opnai/gpt-5")).await,
        said(Provider::new("gpt-5")).await,
        said(Provider::new("openai/")).await,
        said(Provider::compatible("localhost:9/v1", "m")).await,
        said(local().header("a b", "c")).await,
        said(local().header("x-a", "b\nc")).await,
        said(Provider::new("anthropic/m").seed(1)).await,
    ]
}

/// The clock stands, so that no pause between tries takes time.
async fn unreachable() -> Vec<String> {
    tokio::time::pause();
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let refused = said(Provider::compatible(format!("http://127.0.0.1:{port}/v1"), "m")).await;
    let cut = ModelServer::start([Reply::Cut]).await;
    let cut = said(cut.provider()).await;
    let silent = ModelServer::start([Reply::Hang]).await;
    let silent = said(silent.provider().request_timeout(Duration::from_secs(7))).await;
    tokio::time::resume();
    vec![refused, cut, silent, replying("openai/m", Reply::Endless).await]
}

async fn keyless() -> String {
    let model = ModelServer::start([Reply::status("401 Unauthorized", "", &error("no", ""))]).await;
    said(model.provider()).await
}

async fn unseeing() -> String {
    let refused = Reply::status("400 Bad Request", "", &error("image_url is not supported", ""));
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), refused]).await;
    let image = r#"reply '{"content":[{"type":"image","data":"aGk=","mimeType":"image/png"}]}'"#;
    let agent = Agent::new(model.provider()).mcp_server(server::calling(image));
    agent.run("go").await.unwrap_err().to_string()
}

async fn refused() -> Vec<String> {
    let missing = Reply::status("404 Not Found", "", &error("no such model", ""));
    let moved = Reply::status("308 Permanent Redirect", "location: https://example.com/v1\r\n", "");
    let overloaded = r#"{"error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    vec![
        refusing("401 Unauthorized", &error("wrong key", "invalid_api_key")).await,
        refusing("403 Forbidden", &error("not yours", "")).await,
        keyless().await,
        refusing("404 Not Found", &error("no such model", "")).await,
        replying("ollama/m", missing).await,
        refusing("429 Too Many Requests", &error("slow down", "")).await,
        refusing("429 Too Many Requests", &error("pay", "insufficient_quota")).await,
        refusing("402 Payment Required", &error("pay", "")).await,
        refusing("400 Bad Request", &error("no temperature", "unsupported_value")).await,
        refusing("400 Bad Request", &error("no", "")).await,
        unseeing().await,
        refusing("503 Service Unavailable", &error("down", "")).await,
        replying("anthropic/m", Reply::status("529 ", "retry-after-ms: 1\r\n", overloaded)).await,
        replying("openai/m", moved).await,
    ]
}

async fn unusable() -> Vec<String> {
    let choice = |finish: &str, message: &str| {
        format!(r#"{{"choices":[{{"finish_reason":"{finish}","message":{{"content":"I",{message}}}}}]}}"#)
    };
    let blocked = Reply::status("200 OK", "", r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#);
    vec![
        answering("<!DOCTYPE html><title>Sign in").await,
        answering(r#"{"choices":[]}"#).await,
        answering(r#"{"choices":["#).await,
        answering(&choice("insufficient_system_resource", r#""role":"assistant""#)).await,
        refusing("400 Bad Request", &error("filtered", "content_filter")).await,
        replying("gemini/m", blocked).await,
        answering(&choice("content_filter", r#""role":"assistant""#)).await,
        refusing("400 Bad Request", &error("too long", "context_length_exceeded")).await,
        answering(&choice("stop", r#""refusal":"I will not.""#)).await,
        answering(&choice("length", r#""role":"assistant""#)).await,
    ]
}

#[tokio::test]
async fn every_row_of_the_models_is_met() {
    let mut messages = misconfigured().await;
    for further in [unreachable().await, refused().await, unusable().await] {
        messages.extend(further);
    }
    check("models", &messages, is);
}
