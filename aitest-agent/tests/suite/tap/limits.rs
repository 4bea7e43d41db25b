//! Limits, breaker and budget behind a tap.

use std::time::Duration;

use aitest_agent::{TapExt, Wire};
use aitest_runtime::{Iteration, Result};
use serde_json::{Value, json};

use super::{Left, post};
use crate::http::{ModelServer, Reply};

fn request() -> Value {
    json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]})
}

pub(super) async fn body(name: &str, it: &Iteration) -> Result {
    let reply = match name {
        "breaker" => Reply::status("401 Unauthorized", "", ""),
        "halved" => Reply::status("429 Too Many Requests", "", ""),
        _ => Reply::text("done"),
    };
    let server = ModelServer::start([reply]).await;
    let tap = it.tap(Wire::OpenAi)?.to(server.base_url());
    let tap = match name {
        "rpm" => tap.rpm(30),
        "none" => tap.rpm(0),
        "tpm" => tap.tpm(6_000),
        "in_flight" => tap.max_in_flight(1),
        _ => tap,
    };
    let url = format!("{}/chat/completions", tap.base_url());
    if name == "rpm" {
        let request = request();
        let (a, b) = tokio::join!(post(&url, &request), post(&url, &request));
        assert_eq!((a.0, b.0), (200, 200));
        return Ok(());
    }
    let first = post(&url, &request()).await;
    let (status, answer) = post(&url, &request()).await;
    match name {
        "breaker" => {
            assert_eq!((first.0, status, server.requests().len()), (401, 401, 1), "the second is not forwarded");
            assert!(answer.contains("aitest tap: m: 401 Unauthorized"), "{answer}");
        }
        "none" | "budget" => {
            assert_eq!((first.0, status, server.requests().len()), (403, 403, 0));
            return Err(answer.into());
        }
        "halved" => assert_eq!((first.0, status), (429, 429)),
        "in_flight" => {
            let request = request();
            let (a, b) = tokio::join!(post(&url, &request), post(&url, &request));
            assert_eq!((a.0, b.0), (200, 200));
        }
        _ => assert_eq!((first.0, status), (200, 200)),
    }
    Ok(())
}

fn waited(left: &Left) -> Duration {
    Duration::from_micros(left.record()["waited_us"].as_u64().unwrap_or(0))
}

#[test]
fn requests_wait_for_their_minute_and_the_clock_stands_still() {
    let left = Left::of("limits/rpm");
    assert_eq!(left.outcome(), "passed", "{}", left.record());
    assert!(waited(&left) > Duration::from_millis(500), "2 s lie between two requests: {}", left.record());
}

#[test]
fn tokens_are_booked_by_estimate_and_corrected() {
    let left = Left::of("limits/tpm");
    assert_eq!(left.outcome(), "passed", "{}", left.record());
    // 15 tokens were used, of about 270: 150 ms of a minute instead of 2.7 s.
    assert!(waited(&left) < Duration::from_millis(1500), "{}", left.record());
}

#[test]
fn one_at_a_time() {
    let left = Left::of("limits/in_flight");
    assert_eq!(left.outcome(), "passed", "{}", left.record());
    let assistant = left.said().into_iter().filter(|(role, _)| *role == "assistant").count();
    assert_eq!(assistant, 4);
}

#[test]
fn a_limit_that_allows_nothing_is_a_mistake() {
    let left = Left::of("limits/none");
    let message = "`rpm(0)` allows no request: give 1 or more, or leave it out";
    assert_eq!((left.outcome(), left.failure()), ("errored", message));
}

#[test]
fn a_wrong_key_is_asked_for_once() {
    let left = Left::of("limits/breaker");
    assert_eq!(left.outcome(), "errored", "{}", left.record());
    assert!(left.warning("provider_unusable").starts_with("m: 401 Unauthorized"), "{:?}", left.warnings);
}

#[test]
fn a_429_halves_what_is_in_flight() {
    let left = Left::of("limits/halved");
    assert!(left.journal.contains(r#""lowest_in_flight":4"#), "16, 8, 4: {}", left.journal);
}

#[test]
fn a_budget_wants_a_price() {
    let left = Left::with("limits/budget", &[("AITEST_MAX_COST", "1")]);
    assert_eq!(left.outcome(), "errored", "{}", left.record());
    assert!(left.failure().contains("pricing.toml"), "{}", left.failure());
}
