use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tokio::sync::Semaphore;

use super::credential::{Credential, SendFault};
use super::shared_token::SharedToken;
use super::test_server::TestServer;
use super::token::{Token, TokenSource};
use super::{BoxFuture, ProviderError, ProviderErrorKind};

/// Tokens `shared-token-1`, `shared-token-2`, …, each of one hour, on a clock that is moved by hand.
#[derive(Clone)]
struct Source {
    fetches: Arc<AtomicUsize>,
    seconds: Arc<AtomicU64>,
    fails: Arc<Mutex<bool>>,
    /// A fetch ends when it gets a permit.
    gate: Arc<Semaphore>,
}

fn source() -> (Source, Arc<SharedToken>) {
    let source = Source {
        fetches: Arc::default(),
        seconds: Arc::default(),
        fails: Arc::default(),
        gate: Arc::new(Semaphore::new(1000)),
    };
    let clock = source.clone();
    let shared = SharedToken::new(source.clone(), Arc::new(move || clock.now()));
    (source, shared)
}

impl Source {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.seconds.load(Ordering::SeqCst))
    }

    fn advance(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

impl TokenSource for Source {
    fn name(&self) -> &'static str {
        "Zoo"
    }

    fn advice(&self) -> &'static str {
        "ask the keeper"
    }

    fn fetch(&self) -> BoxFuture<'_, Result<Token, ProviderError>> {
        Box::pin(async {
            let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
            self.gate.acquire().await.unwrap().forget();
            if *self.fails.lock().unwrap() {
                return Err(ProviderError::new(ProviderErrorKind::Authentication, format!("closed {number}")));
            }
            let end = self.now() + Duration::from_secs(3600);
            Ok(Token::new("zoo", &format!("shared-token-{number}"), self.now(), Some(end)))
        })
    }
}

async fn value(shared: &Arc<SharedToken>) -> Result<String, String> {
    shared.get().await.map(|(token, _)| token.value().to_owned()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_token_is_kept_until_five_minutes_before_its_end() {
    let (source, shared) = source();
    assert_eq!(source.fetches(), 0, "nobody is asked before the first request");
    for (advance, expected) in [(0, 1), (3299, 1), (1, 2), (3299, 2), (1, 3), (1_000_000, 4)] {
        source.advance(advance);
        assert_eq!(value(&shared).await.unwrap(), format!("shared-token-{expected}"));
    }
    assert_eq!(source.fetches(), 4);
}

#[tokio::test]
async fn all_that_wait_share_one_fetch_and_its_error() {
    let (source, shared) = source();
    source.gate.forget_permits(1000);
    *source.fails.lock().unwrap() = true;
    let waiting = futures_util::future::join_all((0..100).map(|_| value(&shared)));
    let (results, ()) = tokio::join!(waiting, async { source.gate.add_permits(1) });
    assert!(results.iter().all(|result| *result == Err("closed 1".to_owned())), "{results:?}");
    *source.fails.lock().unwrap() = false;
    let waiting = futures_util::future::join_all((0..100).map(|_| value(&shared)));
    let (results, ()) = tokio::join!(waiting, async { source.gate.add_permits(1) });
    assert!(results.iter().all(|result| *result == Ok("shared-token-2".to_owned())), "{results:?}");
    assert_eq!(source.fetches(), 2);
}

#[test]
fn a_fetch_outlives_the_test_that_asked_first() {
    let (source, shared) = source();
    source.gate.forget_permits(1000);
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    first.block_on(async {
        tokio::select! {
            biased;
            _ = value(&shared) => panic!("the fetch has not ended"),
            () = tokio::task::yield_now() => {}
        }
    });
    drop(first);
    source.gate.add_permits(1);
    assert_eq!(runtime().block_on(value(&shared)).unwrap(), "shared-token-1");
    assert_eq!(source.fetches(), 1);
}

#[tokio::test]
async fn a_token_that_cannot_be_replaced_stays_until_its_end() {
    let (source, shared) = source();
    value(&shared).await.unwrap();
    *source.fails.lock().unwrap() = true;
    source.advance(3300);
    for _ in 0..5 {
        assert_eq!(value(&shared).await.unwrap(), "shared-token-1");
    }
    assert_eq!(source.fetches(), 2, "the next try is 30 s later");
    source.advance(30);
    assert_eq!(value(&shared).await.unwrap(), "shared-token-1");
    assert_eq!(source.fetches(), 3);
    source.advance(270);
    assert_eq!(value(&shared).await.unwrap_err(), "closed 4");
}

async fn statuses(credential: &Credential, server: &TestServer) -> u16 {
    let call = reqwest_client().post(&server.address).body("hello");
    match credential.send(call).await {
        Ok(response) => response.status().as_u16(),
        Err(SendFault::SignIn(error)) => panic!("{error}"),
        Err(SendFault::Transport(error)) => panic!("{error}"),
    }
}

fn reqwest_client() -> reqwest::Client {
    super::clients::direct_client().unwrap()
}

#[tokio::test]
async fn a_refused_token_that_was_there_before_is_fetched_again_once() {
    let (source, shared) = source();
    let credential = Credential::Token(shared);
    // Refuses token 1 from the second request on, and token 3 always.
    let server = TestServer::start(|request, number| {
        let refused = request.contains("shared-token-1") && number > 0 || request.contains("shared-token-3");
        (if refused { 401 } else { 200 }, String::new())
    });
    assert_eq!(statuses(&credential, &server).await, 200);
    assert_eq!(statuses(&credential, &server).await, 200, "with token 2");
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests[2].contains("authorization: Bearer shared-token-2\r\n") && requests[2].ends_with("hello"));
    source.advance(3600);
    assert_eq!(statuses(&credential, &server).await, 401, "token 3 is new: another one would be refused too");
    assert_eq!((server.requests().len(), source.fetches()), (4, 3));
    assert_eq!(credential.advice(), "the token of zoo was sent: ask the keeper");
}

#[tokio::test]
async fn a_refused_key_is_sent_once() {
    let credential = Credential::bearer("SOME_KEY", "some-key-123").unwrap();
    let server = TestServer::start(|_, _| (401, String::new()));
    assert_eq!(statuses(&credential, &server).await, 401);
    assert_eq!(server.requests().len(), 1);
    assert!(!format!("{credential:?}").contains("some-key-123"));
}
