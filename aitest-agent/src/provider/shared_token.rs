use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aitest_runtime::host;
use tokio::sync::watch;

use super::token::{Token, TokenSource};
use super::{ProviderError, ProviderErrorKind};
use crate::io;

/// How long a token that could not be replaced is kept before the next try.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the time is.
pub(crate) type Now = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// One token for all requests: fetched when it is first needed, kept until it is due, fetched once however many wait.
pub(crate) struct SharedToken {
    source: Box<dyn TokenSource>,
    now: Now,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    flight: Option<Flight>,
}

/// A fetch that is under way; all that wait for it get its result.
type Flight = watch::Receiver<Option<Result<Token, ProviderError>>>;

enum Next {
    Ready(Token),
    Wait(Flight),
}

impl SharedToken {
    pub(crate) fn new(source: impl TokenSource + 'static, now: Now) -> Arc<Self> {
        Arc::new(SharedToken { source: Box::new(source), now, state: Mutex::default() })
    }

    pub(crate) fn source(&self) -> &dyn TokenSource {
        self.source.as_ref()
    }

    /// The token that is there, due or not.
    pub(crate) fn current(&self) -> Option<Token> {
        self.lock().token.clone()
    }

    /// A token that is not due, and whether it was there before.
    pub(crate) async fn get(self: &Arc<Self>) -> Result<(Token, bool), ProviderError> {
        let mut flight = match self.next()? {
            Next::Ready(token) => return Ok((token, true)),
            Next::Wait(flight) => flight,
        };
        let _waiting = host::waiting();
        let result = flight.wait_for(Option::is_some).await.ok().and_then(|result| result.clone());
        let result = result.unwrap_or_else(|| Err(self.broken("ended without a result")));
        Ok((result?, false))
    }

    /// Forgets the token `value`, which was refused.
    pub(crate) fn forget(&self, value: &str) {
        let mut state = self.lock();
        if state.token.as_ref().is_some_and(|token| token.value() == value) {
            state.token = None;
        }
    }

    fn next(self: &Arc<Self>) -> Result<Next, ProviderError> {
        let mut state = self.lock();
        if let Some(token) = state.token.as_ref().filter(|token| !token.is_due((self.now)())) {
            return Ok(Next::Ready(token.clone()));
        }
        if let Some(flight) = state.flight.as_ref().filter(|flight| flight.has_changed().is_ok()) {
            return Ok(Next::Wait(flight.clone()));
        }
        let (sender, flight) = watch::channel(None);
        let shared = Arc::clone(self);
        // A fetch outlives the test that asked first: others wait for it, on runtimes of their own.
        let fetch = async move {
            let result = shared.source.fetch().await;
            let _ = sender.send(Some(shared.landed(result)));
        };
        io::spawn(fetch).map_err(|error| self.broken(&format!("could not start: {error}")))?;
        state.flight = Some(flight.clone());
        Ok(Next::Wait(flight))
    }

    /// Keeps what a fetch brought. A token that has not ended stays in use when it brought none.
    fn landed(&self, result: Result<Token, ProviderError>) -> Result<Token, ProviderError> {
        let now = (self.now)();
        let mut state = self.lock();
        state.flight = None;
        let old = state.token.take().filter(|token| !token.has_ended(now));
        let result = match (result, old) {
            (Err(_), Some(old)) => Ok(old.kept_until(now + PATIENCE)),
            (result, _) => result,
        };
        state.token = result.as_ref().ok().cloned();
        result
    }

    fn broken(&self, what: &str) -> ProviderError {
        ProviderError::new(ProviderErrorKind::Connection, format!("signing in to {} {what}", self.source.name()))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
