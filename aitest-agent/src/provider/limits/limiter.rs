use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aitest_runtime::host::{self, Ledger, TokenUsage};
use tokio::time::Instant;

use super::super::{ProviderError, ProviderErrorKind};
use super::Limits;
use super::clocks::{Booking, Clocks};
use super::gate::{Gate, Place};

static ENDPOINTS: Mutex<BTreeMap<String, Arc<Endpoint>>> = Mutex::new(BTreeMap::new());

/// The provider whose replies say what they cost: no table is asked.
const NAMES_ITS_COST: &str = "openrouter/";

/// What all requests to one model under one address and key share.
#[derive(Debug)]
struct Endpoint {
    gate: Arc<Gate>,
    clocks: Clocks,
}

/// Holds the requests to a model back.
#[derive(Clone)]
pub(crate) struct Limiter {
    endpoint: Arc<Endpoint>,
    limits: Limits,
    /// `provider/model`
    label: String,
}

/// A request that may be sent.
pub(crate) struct Pass {
    limiter: Limiter,
    place: Place,
    booking: Option<Booking>,
}

impl Limiter {
    /// For the model `label`, `provider/model`, at `endpoint`.
    ///
    /// # Errors
    /// A limit of 0, and a model without a price in a run with a budget.
    pub(crate) fn of(label: String, endpoint: &str, limits: Limits) -> Result<Self, ProviderError> {
        limits.check()?;
        if let Some(message) = host::missing_price(&label)
            && !label.starts_with(NAMES_ITS_COST)
        {
            return Err(ProviderError::new(ProviderErrorKind::Configuration, message));
        }
        let endpoint = Endpoint::named(endpoint);
        if let Some(most) = limits.max_in_flight {
            endpoint.gate.bound(most);
        }
        Ok(Limiter { endpoint, limits, label })
    }

    /// Waits until a request of `tokens`, about, may be sent. What `wait` returns is kept while it waits.
    pub(crate) async fn enter<W>(&self, tokens: impl FnOnce() -> u64, wait: impl Fn() -> W) -> Pass {
        let place = match self.endpoint.gate.try_enter() {
            Some(place) => place,
            None => self.waiting(&wait, self.endpoint.gate.enter()).await,
        };
        let tokens = self.limits.tpm.map_or(0, |_| tokens());
        let booking = self.endpoint.clocks.book(self.limits, tokens).await;
        if let Some(booking) = booking
            && !booking.wait.is_zero()
        {
            let given_up = GiveBack { clocks: &self.endpoint.clocks, booking };
            self.waiting(&wait, tokio::time::sleep(booking.wait)).await;
            std::mem::forget(given_up);
        }
        Pass { limiter: self.clone(), place, booking }
    }

    /// Awaits `future` as waiting time, and counts the time.
    async fn waiting<F: Future, W>(&self, wait: &impl Fn() -> W, future: F) -> F::Output {
        let since = Instant::now();
        let waiting = wait();
        let output = future.await;
        drop(waiting);
        self.waited(since.elapsed());
        output
    }

    /// An iteration waited for the provider.
    pub(crate) fn waited(&self, time: Duration) {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.note(|held| held.waited_ms = held.waited_ms.saturating_add(ms));
    }

    fn note(&self, change: impl FnOnce(&mut host::HeldBack)) {
        let allowed = self.endpoint.gate.allowed();
        host::held_back(&self.label, |held| {
            if held.in_flight == 0 {
                (held.in_flight, held.lowest_in_flight) = (allowed, allowed);
            }
            change(held);
        });
    }
}

impl Endpoint {
    fn named(name: &str) -> Arc<Self> {
        let mut endpoints = ENDPOINTS.lock().unwrap_or_else(PoisonError::into_inner);
        let endpoint = endpoints.entry(name.to_owned()).or_insert_with(|| {
            let clocks = Clocks::new(Ledger::at(host::shared_path(name)));
            Arc::new(Endpoint { gate: Arc::new(Gate::new()), clocks })
        });
        Arc::clone(endpoint)
    }
}

impl Pass {
    pub(crate) async fn succeeded(self, usage: Option<TokenUsage>) {
        self.place.succeeded();
        // What was not reported stays booked by its estimate.
        let used = usage.and_then(|usage| usage.total());
        if let (Some(booking), Some(used)) = (self.booking, used) {
            self.limiter.endpoint.clocks.correct(booking, used).await;
        }
    }

    /// Returns whether it may be the doing of other requests of this process.
    pub(crate) async fn failed(self, error: &ProviderError) -> bool {
        let Pass { limiter, place, booking } = self;
        let is_crowded = error.kind() == ProviderErrorKind::RateLimited && {
            // As it was before this answer.
            limiter.note(|held| held.rate_limited += 1);
            let is_crowded = place.rate_limited();
            let allowed = limiter.endpoint.gate.allowed();
            limiter.note(|held| held.lowest_in_flight = held.lowest_in_flight.min(allowed));
            is_crowded
        };
        if let Some(booking) = booking {
            limiter.endpoint.clocks.correct(booking, 0).await;
        }
        is_crowded
    }
}

/// Gives a booking back when its iteration ends before the request is sent.
struct GiveBack<'a> {
    clocks: &'a Clocks,
    booking: Booking,
}

impl Drop for GiveBack<'_> {
    fn drop(&mut self) {
        self.clocks.give_back(self.booking);
    }
}
