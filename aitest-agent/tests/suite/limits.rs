//! Limits over concurrent runs. Every stub has a name of its own: limits are shared by name.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aitest_agent::{
    Agent, AgentError, AssistantMessage, BoxFuture, ChatReply, ChatRequest, Model, Provider, ProviderError,
    ProviderErrorKind,
};
use aitest_runtime::host::TokenUsage;
use futures_util::future::join_all;
use tokio::time::Instant;

/// Answers after a second; more than `allowed` requests at once get status 429.
#[derive(Debug)]
struct Stub {
    name: &'static str,
    allowed: u32,
    in_flight: AtomicU32,
    most: AtomicU32,
    requests: AtomicU32,
    limited: AtomicU32,
}

impl Stub {
    fn new(name: &'static str, allowed: u32) -> Arc<Self> {
        Arc::new(Stub {
            name,
            allowed,
            in_flight: AtomicU32::new(0),
            most: AtomicU32::new(0),
            requests: AtomicU32::new(0),
            limited: AtomicU32::new(0),
        })
    }

    async fn answer(&self) -> Result<ChatReply, ProviderError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let in_flight = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(in_flight, Ordering::Relaxed);
        let _leaves = Leaves(&self.in_flight);
        if in_flight > self.allowed {
            self.limited.fetch_add(1, Ordering::Relaxed);
            return Err(ProviderError::new(ProviderErrorKind::RateLimited, "429").with_status(429));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut reply = ChatReply::new(AssistantMessage::text("done"));
        reply.usage = Some(TokenUsage::new(900, 100));
        Ok(reply)
    }
}

struct Leaves<'a>(&'a AtomicU32);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Model for Stub {
    fn provider(&self) -> &str {
        "stub"
    }

    fn model(&self) -> &str {
        self.name
    }

    fn chat<'a>(&'a self, _: &'a ChatRequest) -> BoxFuture<'a, Result<ChatReply, ProviderError>> {
        Box::pin(self.answer())
    }
}

fn provider(stub: &Arc<Stub>) -> Provider {
    Provider::custom(Arc::clone(stub) as Arc<dyn Model>)
}

/// Runs of `times` prompts, one after the other, `beside` times at once.
async fn ask(provider: &Provider, beside: usize, times: usize) {
    join_all((0..beside).map(|_| async {
        for _ in 0..times {
            Agent::new(provider.clone()).run("go").await.unwrap();
        }
    }))
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_allows_two_at_once_answers_everybody() {
    let stub = Stub::new("two-at-once", 2);
    ask(&provider(&stub), 16, 10).await;
    let (requests, limited) = (stub.requests.load(Ordering::Relaxed), stub.limited.load(Ordering::Relaxed));
    assert_eq!(requests - limited, 160);
    assert!((3..60).contains(&limited), "{limited} requests were refused");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_refuses_everybody_is_given_up() {
    let stub = Stub::new("never", 0);
    let runs = join_all((0..16).map(|_| async { Agent::new(provider(&stub)).run("go").await }));
    assert!(runs.await.iter().all(|result| result.as_ref().is_err_and(AgentError::is_transient)));
}

#[tokio::test(start_paused = true)]
async fn no_more_than_what_was_asked_for_is_in_flight() {
    let stub = Stub::new("three", 100);
    ask(&provider(&stub).max_in_flight(3), 12, 2).await;
    assert_eq!(stub.most.load(Ordering::Relaxed), 3);
    let stub = Stub::new("default", 100);
    ask(&provider(&stub), 40, 1).await;
    assert_eq!(stub.most.load(Ordering::Relaxed), 16);
}

#[tokio::test(start_paused = true)]
async fn requests_and_tokens_in_a_minute() {
    let stub = Stub::new("rpm", 100);
    let begun = Instant::now();
    ask(&provider(&stub).rpm(30), 11, 1).await;
    // Eleven requests have ten gaps of 2 s; the last one takes a second.
    assert_eq!(begun.elapsed().as_secs(), 21);
    let stub = Stub::new("tpm", 100);
    let begun = Instant::now();
    // One after the other: each has used 1,000 tokens, which are 10 s, whatever was estimated.
    ask(&provider(&stub).tpm(6_000), 1, 4).await;
    assert_eq!(begun.elapsed().as_secs(), 31);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_limit_is_no_time_of_the_agent() {
    let stub = Stub::new("patient", 100);
    let agent = Agent::new(provider(&stub).rpm(1)).timeout(Duration::from_secs(10));
    for _ in 0..3 {
        assert!(agent.run("go").await.unwrap().success);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped_while_it_waits_gives_its_booking_back() {
    let stub = Stub::new("dropped", 100);
    let agent = Agent::new(provider(&stub).rpm(6));
    agent.run("go").await.unwrap();
    let begun = Instant::now();
    for _ in 0..20 {
        let run = tokio::time::timeout(Duration::from_millis(10), async { agent.run("go").await });
        assert!(run.await.is_err());
    }
    agent.run("go").await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(11), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_limit_of_zero_is_an_error() {
    let error = Agent::new(provider(&Stub::new("zero", 1)).rpm(0)).run("go").await.unwrap_err();
    assert_eq!(error.to_string(), "`rpm(0)` allows no request: give 1 or more, or leave it out");
}
