use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aitest_runtime::host;

use super::opened;
use super::{ProviderError, ProviderErrorKind};

/// Requests in a row that end in the same failure of the server before it is left alone.
const STREAK: u32 = 5;

static BREAKERS: Mutex<BTreeMap<String, State>> = Mutex::new(BTreeMap::new());

#[derive(Default)]
struct State {
    /// Why no further request is sent.
    open: Option<ProviderError>,
    streak: u32,
    last: Option<(ProviderErrorKind, Option<u16>)>,
}

/// Keeps the run from sending requests that cannot succeed: one wrong key fails every iteration at once instead of
/// asking the provider hundreds of times.
pub(crate) struct Breaker(String);

impl Breaker {
    pub(crate) fn of(endpoint: &str) -> Self {
        Breaker(endpoint.to_owned())
    }

    /// The error that opened the breaker, if one did.
    pub(crate) fn check(&self) -> Result<(), ProviderError> {
        if let Some(error) = lock().get(&self.0).and_then(|state| state.open.clone()) {
            return Err(error);
        }
        let Some(error) = opened::read(&self.0) else { return Ok(()) };
        lock().entry(self.0.clone()).or_default().open = Some(error.clone());
        Err(error)
    }

    pub(crate) fn succeeded(&self) {
        if let Some(state) = lock().get_mut(&self.0) {
            (state.streak, state.last) = (0, None);
        }
    }

    /// A request failed, after all its tries.
    pub(crate) fn failed(&self, error: &ProviderError) {
        let opened = {
            let mut breakers = lock();
            let state = breakers.entry(self.0.clone()).or_default();
            let failure = (error.kind(), error.status());
            state.streak = if state.last == Some(failure) { state.streak + 1 } else { 1 };
            state.last = Some(failure);
            let server_is_down = matches!(error.kind(), ProviderErrorKind::Server | ProviderErrorKind::Connection);
            let opens = error.kind().is_permanent() || server_is_down && state.streak >= STREAK;
            opens && state.open.is_none() && {
                state.open = Some(error.clone());
                true
            }
        };
        if opened && opened::write(&self.0, error) {
            host::warn("provider_unusable", &format!("{error} (this run asks it no more)"));
        }
    }
}

fn lock() -> MutexGuard<'static, BTreeMap<String, State>> {
    BREAKERS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ProviderErrorKind::{Authentication, InvalidRequest, RateLimited, Server};

    fn error(kind: ProviderErrorKind, status: u16) -> ProviderError {
        ProviderError::new(kind, "m").with_status(status)
    }

    #[test]
    fn opens_at_once_for_what_no_request_can_cure() {
        let breaker = Breaker("wrong key".into());
        breaker.failed(&error(InvalidRequest, 400));
        assert!(breaker.check().is_ok());
        breaker.failed(&error(Authentication, 401));
        assert_eq!(breaker.check().unwrap_err().status(), Some(401));
        assert!(Breaker("another key".into()).check().is_ok());
    }

    #[test]
    fn opens_after_five_equal_failures_of_the_server() {
        let breaker = Breaker("down".into());
        for _ in 0..4 {
            breaker.failed(&error(Server, 503));
        }
        breaker.failed(&error(Server, 500));
        for _ in 0..4 {
            breaker.failed(&error(Server, 503));
        }
        assert!(breaker.check().is_ok());
        breaker.succeeded();
        breaker.failed(&error(Server, 503));
        assert!(breaker.check().is_ok(), "a success begins a new row");
        for _ in 0..4 {
            breaker.failed(&error(Server, 503));
        }
        assert_eq!(breaker.check().unwrap_err().status(), Some(503));
    }

    #[test]
    fn a_rate_limit_never_opens_it() {
        let breaker = Breaker("busy".into());
        for _ in 0..20 {
            breaker.failed(&error(RateLimited, 429));
        }
        assert!(breaker.check().is_ok());
    }
}
