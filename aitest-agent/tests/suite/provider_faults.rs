//! What a run says when the model cannot be asked or does not answer.

use std::time::Duration;

use aitest_agent::{Agent, AgentError, Provider, ProviderError, ProviderErrorKind as Kind};
use tokio::net::TcpListener;

use crate::http::{ModelServer, Reply};

async fn failure(provider: Provider) -> ProviderError {
    match Agent::new(provider).run("go").await.unwrap_err() {
        AgentError::Provider(error) => error,
        other => panic!("{other}"),
    }
}

/// The error of a model that always replies with `reply`, and how often it was asked.
async fn replying(reply: Reply) -> (ProviderError, usize) {
    let model = ModelServer::start([reply]).await;
    let error = failure(model.provider()).await;
    (error, model.requests().len())
}

#[tokio::test]
async fn a_wrong_key_is_asked_for_once_in_the_process() {
    let body = r#"{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}"#;
    let model = ModelServer::start([Reply::status("401 Unauthorized", "", body)]).await;
    let agent = Agent::new(model.provider().api_key_env("PATH"));
    let error = agent.run("go").await.unwrap_err();
    let message = "compatible/m: 401 Unauthorized: Incorrect API key provided; check the key in PATH";
    assert_eq!(error.to_string(), message);
    assert!(!error.is_transient());
    assert!(model.requests()[0].head.contains("Bearer /"));
    for _ in 0..500 {
        assert_eq!(agent.run("go").await.unwrap_err().to_string(), message);
    }
    assert_eq!(model.requests().len(), 1);
    // Another key may be right.
    let other = Agent::new(model.provider().api_key_env("HOME")).run("go").await.unwrap_err();
    assert!(other.to_string().ends_with("check the key in HOME"));
    assert_eq!(model.requests().len(), 2);
}

#[tokio::test]
async fn no_key_was_sent() {
    let (error, _) = replying(Reply::status("401 Unauthorized", "", "")).await;
    assert_eq!(
        error.to_string(),
        "compatible/m: 401 Unauthorized; no key was sent: name its variable with `api_key_env(\"…\")`"
    );
}

#[tokio::test]
async fn a_missing_key_and_an_unknown_provider() {
    let provider = Provider::compatible("http://localhost:1", "m").api_key_env("SUITE_NO_SUCH_KEY");
    let error = failure(provider).await;
    assert_eq!(
        (error.kind(), &*error.to_string()),
        (Kind::Configuration, "SUITE_NO_SUCH_KEY is not set: export it where the tests run")
    );
    let error = failure(Provider::new("opnai/gpt-5")).await;
    assert!(error.to_string().starts_with("unknown provider `opnai` in `opnai/gpt-5`"));
}

#[tokio::test]
async fn a_rate_limit_that_passes() {
    let limited = Reply::status("429 Too Many Requests", "retry-after-ms: 1\r\n", "{}");
    let model = ModelServer::start([limited.clone(), limited.clone(), limited, Reply::text("hi")]).await;
    let result = Agent::new(model.provider()).run("go").await.unwrap();
    assert!(result.success);
    assert_eq!((result.turns.len(), model.requests().len()), (1, 4));
}

#[tokio::test]
async fn a_pause_does_not_count_as_the_agents_time() {
    let limited = Reply::status("429 Too Many Requests", "retry-after-ms: 300\r\n", "{}");
    let model = ModelServer::start([limited, Reply::text("hi")]).await;
    let agent = Agent::new(model.provider()).timeout(Duration::from_millis(200));
    assert!(agent.run("go").await.unwrap().success);
}

#[tokio::test]
async fn what_stays_is_tried_four_times() {
    let headers = "retry-after-ms: 1\r\nx-request-id: r-9\r\n";
    for (status, body, message) in [
        (
            "429 Too Many Requests",
            r#"{"error":{"message":"slow down"}}"#,
            "compatible/m: 429 Too Many Requests: slow down",
        ),
        ("500 Internal Server Error", "", "compatible/m: 500 Internal Server Error"),
        ("503 Service Unavailable", "<html>down</html>", "compatible/m: 503 Service Unavailable: <html>down</html>"),
        ("200 OK", r#"{"choices":[]}"#, "compatible/m: the reply has no choices: {\"choices\":[]}"),
        (
            "200 OK",
            r#"{"choices":["#,
            "compatible/m: the reply is not a chat completion: EOF while parsing a list at line 1 column 12: {\"choices\":[",
        ),
    ] {
        let (error, requests) = replying(Reply::status(status, headers, body)).await;
        assert_eq!((&*error.to_string(), requests), (message, 4));
        assert!(error.is_transient());
        assert_eq!(error.request_id(), Some("r-9"));
    }
}

#[tokio::test]
async fn what_no_try_can_cure_is_tried_once() {
    let error = |message: &str, code: &str| format!(r#"{{"error":{{"message":"{message}","code":"{code}"}}}}"#);
    for (status, body, kind, message) in [
        (
            "404 Not Found",
            error("no such model", "x"),
            Kind::NotFound,
            "; check the model's name `m` and the base URL http",
        ),
        ("403 Forbidden", error("not yours", "x"), Kind::Authentication, "403 Forbidden: not yours"),
        ("429 Too Many Requests", error("pay", "insufficient_quota"), Kind::QuotaExceeded, "pay"),
        ("400 Bad Request", error("t", "unsupported_value"), Kind::UnsupportedParameter, "400 Bad Request: t"),
        ("400 Bad Request", error("t", "x"), Kind::InvalidRequest, "400 Bad Request: t"),
        (
            "200 OK",
            "<!DOCTYPE html><title>Sign in</title>".to_owned(),
            Kind::NotAnApi,
            ": <!DOCTYPE html><title>Sign in",
        ),
        (
            "404 Not Found",
            "<html>nothing here".to_owned(),
            Kind::NotAnApi,
            "404 Not Found, a web page instead of JSON from 1",
        ),
        (
            "200 OK",
            r#"{"error":{"message":"busy","code":403}}"#.to_owned(),
            Kind::Authentication,
            "403 Forbidden: busy",
        ),
    ] {
        let (error, requests) = replying(Reply::status(status, "", &body)).await;
        assert_eq!((error.kind(), requests), (kind, 1), "{error}");
        assert!(error.to_string().contains(message), "{error}");
    }
    let moved = Reply::status("308 Permanent Redirect", "location: https://example.com/v1\r\n", "");
    let (error, _) = replying(moved).await;
    assert!(error.to_string().ends_with("it redirects to https://example.com/v1: use that as the base URL"), "{error}");
}

#[tokio::test]
async fn a_long_web_page_is_cut() {
    let page = format!("<html>{}</html>", "x".repeat(5000));
    let (error, _) = replying(Reply::status("200 OK", "", &page)).await;
    let shown = error.to_string();
    assert!(shown.len() < 400 && shown.ends_with('…'), "{shown}");
}

#[tokio::test]
async fn five_requests_that_end_in_the_same_5xx_are_enough() {
    let down = Reply::status("502 Bad Gateway", "retry-after-ms: 1\r\n", "");
    let model = ModelServer::start([down]).await;
    for _ in 0..8 {
        assert_eq!(failure(model.provider()).await.status(), Some(502));
    }
    assert_eq!(model.requests().len(), 5 * 4);
}

#[tokio::test(start_paused = true)]
async fn connection_refused() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let error = failure(Provider::compatible(format!("http://127.0.0.1:{port}/v1"), "m")).await;
    assert_eq!(error.kind(), Kind::Connection);
    let message = format!("compatible/m: cannot connect to 127.0.0.1:{port}: Connection refused");
    assert!(error.to_string().starts_with(&message), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_connection_is_cut() {
    let (error, requests) = replying(Reply::Cut).await;
    assert_eq!((error.kind(), requests), (Kind::Connection, 4), "{error}");
    assert!(error.to_string().contains("the connection to 127.0.0.1:"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn no_answer_in_time() {
    let model = ModelServer::start([Reply::Hang]).await;
    let error = failure(model.provider().request_timeout(Duration::from_secs(7))).await;
    assert_eq!(error.kind(), Kind::TimedOut);
    assert!(error.to_string().ends_with("within 7 s"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_stalls() {
    let model = ModelServer::start([Reply::Stall]).await;
    let error = failure(model.provider().request_timeout(Duration::from_secs(7))).await;
    assert_eq!(error.kind(), Kind::TimedOut, "{error}");
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut() {
    let (error, requests) = replying(Reply::Endless).await;
    assert_eq!((error.kind(), requests), (Kind::NotAnApi, 1));
    assert!(error.to_string().contains(" is longer than 32 MiB and was cut; check the base URL http"), "{error}");
}

#[tokio::test]
async fn a_redirect_gets_no_key() {
    let other = ModelServer::start([Reply::text("stolen")]).await;
    for status in ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect"] {
        let location: &str = format!("location: http://{}/v1\r\n", other.address).leak();
        let model = ModelServer::start([Reply::status(status, location, "")]).await;
        let error = failure(model.provider().api_key_env("PATH").header("x-team-key", "tk-1234567")).await;
        assert!(error.to_string().contains("it redirects to http://"), "{error}");
    }
    assert!(other.requests().is_empty(), "nothing was sent there");
}
