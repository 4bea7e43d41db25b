//! What can go wrong on either side of a tap.

use std::sync::Mutex;

use aitest_agent::{TapExt, Wire};
use aitest_runtime::{Iteration, Result, ResultExt};
use serde_json::{Value, json};

use super::server::Streaming;
use super::{Left, post, tap};
use crate::http::{ModelServer, Reply};

static LAST: Mutex<Option<String>> = Mutex::new(None);
static FIRST_ITERATION: Mutex<Option<Iteration>> = Mutex::new(None);

fn request(stream: bool) -> Value {
    json!({"model": "m", "stream": stream, "messages": [{"role": "user", "content": "hi"}]})
}

fn path(url: &str) -> String {
    format!("{url}/chat/completions")
}

/// An upstream that always answers `reply`; the agent's own error is the body's.
async fn always(it: &Iteration, reply: Reply) -> Result {
    let server = ModelServer::start([reply]).await;
    let (status, answer) = post(&path(&tap(it, Wire::OpenAi, &server.base_url())), &request(false)).await;
    if status == 200 { Ok(()) } else { Err(format!("{status} {answer}").into()) }
}

const EVENTS: &str = "200 OK\r\ncontent-type: text/event-stream";
const FIRST: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"one \"}}]}\n\n";

pub(super) async fn body(name: &str, it: &Iteration) -> Result {
    match name {
        "finished" => finished(it).await,
        "late" => {
            let first = FIRST_ITERATION.lock().unwrap().replace(it.clone());
            let Some(first) = first else { return Ok(()) };
            let error = first.tap(Wire::OpenAi).unwrap_err();
            Err(error.into())
        }
        "cut_by_agent" => {
            let server = Streaming::start(EVENTS, &[FIRST]).await;
            let url = path(&tap(it, Wire::OpenAi, &server.address));
            let mut response = reqwest::Client::new().post(url).json(&request(true)).send().await?;
            response.chunk().await?;
            drop(response);
            server.is_left().await;
            Ok(())
        }
        "over" => {
            let server = Streaming::start(EVENTS, &[FIRST]).await;
            let url = path(&tap(it, Wire::OpenAi, &server.address));
            let mut response = reqwest::Client::new().post(url).json(&request(true)).send().await?;
            response.chunk().await?;
            // Still open when the body ends.
            std::mem::forget((response, server));
            Ok(())
        }
        "given_up" => {
            let server = ModelServer::start([Reply::Hang]).await;
            let url = path(&tap(it, Wire::OpenAi, &server.base_url()));
            let call =
                reqwest::Client::new().post(url).json(&request(false)).timeout(std::time::Duration::from_millis(50));
            assert!(call.send().await.unwrap_err().is_timeout());
            Ok(())
        }
        "not_there" => {
            let url = path(&tap(it, Wire::OpenAi, "http://127.0.0.1:1/v1"));
            let (status, answer) = post(&url, &request(false)).await;
            assert_eq!(status, 502);
            Err(answer.into())
        }
        "unauthorized" => always(it, Reply::status("401 Unauthorized", "", r#"{"error":{"message":"bad key"}}"#)).await,
        "limited" => {
            always(it, Reply::status("429 Too Many Requests", "retry-after: 1\r\n", r#"{"error":{"message":"slow"}}"#))
                .await
        }
        "failing" => always(it, Reply::status("500 Internal Server Error", "", "")).await,
        "bad_request" => {
            always(it, Reply::status("400 Bad Request", "", r#"{"error":{"message":"no such role"}}"#)).await
        }
        "html" => always(it, Reply::status("200 OK", "content-type: text/html\r\n", "<!doctype html><p>Sign in")).await,
        "cut" => always(it, Reply::Cut).await,
        "again" => {
            let limited = Reply::status("429 Too Many Requests", "", "");
            let server = ModelServer::start([limited, Reply::text("done")]).await;
            let url = path(&tap(it, Wire::OpenAi, &server.base_url()));
            assert_eq!(post(&url, &request(false)).await.0, 429);
            assert_eq!(post(&url, &request(false)).await.0, 200);
            Ok(())
        }
        "malformed_events" => {
            let reply =
                Reply::status("200 OK", "content-type: text/event-stream\r\n", &format!("{FIRST}data: {{oops\n\n"));
            let server = ModelServer::start([reply]).await;
            let (status, answer) = post(&path(&tap(it, Wire::OpenAi, &server.base_url())), &request(true)).await;
            assert_eq!((status, answer), (200, format!("{FIRST}data: {{oops\n\n")), "it passes all the same");
            Ok(())
        }
        "ended_early" => {
            let reply = Reply::status("200 OK", "content-type: text/event-stream\r\n", FIRST);
            let server = ModelServer::start([reply]).await;
            post(&path(&tap(it, Wire::OpenAi, &server.base_url())), &request(true)).await;
            Ok(())
        }
        "error_event" => {
            let error = r#"data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
            let reply = Reply::status("200 OK", "content-type: text/event-stream\r\n", &format!("{error}\n\n"));
            let server = ModelServer::start([reply]).await;
            post(&format!("{}/messages", tap(it, Wire::Anthropic, &server.base_url())), &request(true)).await;
            Ok(())
        }
        "broken" => {
            let server = Streaming::start("200 OK\r\ncontent-length: 999", &["{\"model\":"]).await;
            let url = path(&tap(it, Wire::OpenAi, &server.address));
            let response = reqwest::Client::new().post(url).json(&request(false)).send().await?;
            server.go_on();
            assert!(response.text().await.is_err(), "the agent sees it too");
            Ok(())
        }
        "itself" => {
            let url = it.tap(Wire::OpenAi)?.base_url();
            let (status, answer) = post(&path(&tap(it, Wire::OpenAi, &url)), &request(false)).await;
            assert_eq!(status, 403);
            Err(answer.into())
        }
        "elsewhere" => {
            let url = it.tap(Wire::OpenAi)?.base_url();
            let origin = url.split("/").take(3).collect::<Vec<_>>().join("/");
            let (status, answer) = post(&format!("{origin}/v1/chat/completions"), &request(false)).await;
            assert_eq!(status, 404);
            assert!(answer.contains("aitest tap: /v1/chat/completions belongs to no tap"), "{answer}");
            Ok(())
        }
        _ => panic!("unknown scenario {name}"),
    }
}

/// The second iteration uses the tap of the first.
async fn finished(it: &Iteration) -> Result {
    let first = LAST.lock().unwrap().take();
    let Some(url) = first else {
        *LAST.lock().unwrap() = Some(it.tap(Wire::OpenAi)?.to("http://127.0.0.1:1").base_url());
        return Ok(());
    };
    let (status, answer) = post(&path(&url), &request(false)).await;
    assert_eq!(status, 410, "{answer}");
    Err::<(), _>(answer).infrastructure()?;
    Ok(())
}

#[test]
fn the_tap_of_a_finished_iteration_says_so() {
    let left = Left::with("faults/finished", &[("AITEST_ITERATIONS", "2"), ("AITEST_RETRY_ERRORED", "0")]);
    assert_eq!(left.records.len(), 2);
    assert_eq!(left.records[0]["outcome"], "passed", "{:#}", left.records[0]);
    let message = left.failure();
    assert!(message.contains("aitest tap: a request came through the tap of iteration 1 of test "), "{message}");
    assert!(left.warning("after_the_end").contains("after its end, and was not forwarded"), "{:?}", left.warnings);
    assert_eq!(left.record()["turns"], Value::Null, "nothing lands in another iteration");
}

#[test]
fn an_iteration_that_has_ended_has_no_tap() {
    let left = Left::with("faults/late", &[("AITEST_ITERATIONS", "2")]);
    assert_eq!((&left.records[0]["outcome"], left.outcome()), (&json!("passed"), "failed"));
    assert!(left.failure().starts_with("there is nothing to tap: its iteration has ended: "), "{}", left.failure());
}

#[test]
fn a_stream_that_the_agent_cuts_keeps_what_came() {
    let left = Left::of("faults/cut_by_agent");
    assert_eq!(left.outcome(), "passed", "{}", left.record());
    let expected = [
        ("user", "hi"),
        ("assistant", "one "),
        ("note", "the agent closed the connection before the answer was whole"),
    ];
    assert_eq!(left.said(), expected);
    assert_eq!(left.record()["agent"]["unpriced"], 1, "its tokens are unknown, not 0");
}

#[test]
fn a_stream_that_outlives_its_iteration_keeps_what_came() {
    let left = Left::of("faults/over");
    let expected = [("user", "hi"), ("assistant", "one "), ("note", "the iteration ended before the answer was whole")];
    assert_eq!((left.outcome(), left.said()), ("passed", expected.to_vec()), "{}", left.record());
}

#[test]
fn an_agent_that_gives_up_is_told() {
    let left = Left::of("faults/given_up");
    assert_eq!(left.said().last().unwrap().0, "note", "{}", left.record());
}

fn errored(scenario: &str) -> String {
    let left = Left::with(&format!("faults/{scenario}"), &[("AITEST_RETRY_ERRORED", "0")]);
    assert_eq!(left.outcome(), "errored", "{}", left.record());
    assert_eq!(left.record()["failure"]["kind"], "provider", "{}", left.record());
    left.failure().to_owned()
}

#[test]
fn an_upstream_that_is_not_there_is_named() {
    let message = errored("not_there");
    assert!(message.starts_with("m: cannot connect to 127.0.0.1:1: "), "{message}");
    assert!(message.ends_with("is the server running, and the base URL http://127.0.0.1:1/v1 right?"), "{message}");
}

#[test]
fn statuses_of_the_provider_are_errors_of_the_infrastructure() {
    assert_eq!(errored("unauthorized"), "m: 401 Unauthorized: bad key");
    assert_eq!(errored("limited"), "m: 429 Too Many Requests: slow");
    assert_eq!(errored("failing"), "m: 500 Internal Server Error");
}

#[test]
fn an_errored_iteration_gets_another_attempt_when_that_may_help() {
    assert_eq!(Left::of("faults/limited").records.len(), 2);
    assert_eq!(Left::of("faults/unauthorized").records.len(), 1);
}

#[test]
fn a_request_that_no_provider_takes_counts_against_the_agent() {
    let left = Left::of("faults/bad_request");
    assert_eq!(left.outcome(), "failed", "{}", left.record());
    assert_eq!(left.said(), [("user", "hi"), ("note", "m: 400 Bad Request: no such role")]);
}

#[test]
fn answers_that_cannot_be_read() {
    let message = errored("malformed_events");
    assert!(message.starts_with("m: the reply cannot be read: ") && message.ends_with(": {oops"), "{message}");
    let message = errored("ended_early");
    assert!(message.ends_with(" ended the stream before the answer"), "{message}");
    assert_eq!(errored("error_event"), "m: 529 Overloaded: Overloaded");
    let message = errored("html");
    assert!(message.contains("a web page instead of JSON: check the base URL http://127.0.0.1:"), "{message}");
}

#[test]
fn connections_that_break() {
    for scenario in ["cut", "broken"] {
        let message = errored(scenario);
        assert!(message.starts_with("m: the connection to 127.0.0.1:") && message.contains(" broke: "), "{message}");
    }
}

#[test]
fn a_request_that_is_sent_again_is_a_retry() {
    let left = Left::of("faults/again");
    assert_eq!((left.outcome(), left.said()), ("passed", vec![("user", "hi"), ("assistant", "done")]));
    assert_eq!(left.record()["retries"][0]["why"], "m: 429 Too Many Requests");
}

#[test]
fn a_tap_that_leads_to_a_tap_is_a_mistake() {
    assert!(errored("itself").starts_with("`Tap::to` names a tap, which would forward to itself"));
}

#[test]
fn a_path_without_a_tap_is_refused() {
    assert_eq!(Left::of("faults/elsewhere").outcome(), "passed");
}
