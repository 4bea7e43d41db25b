use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aitest_runtime::host;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Successes that allow one request more.
const SUCCESSES: u32 = 20;

/// How many requests may be in flight: halved when the provider says 429, raised by one after 20 successes.
#[derive(Debug)]
pub(super) struct Gate {
    places: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The most that is ever allowed, and whether a provider asked for it.
    ceiling: u32,
    is_asked_for: bool,
    allowed: u32,
    /// Places that are taken away as soon as their requests end.
    owed: u32,
    in_flight: u32,
    /// Requests that have entered so far.
    entered: u64,
    successes: u32,
    /// Halvings so far.
    halvings: u64,
}

/// A request's place. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    gate: Arc<Gate>,
    permit: Option<OwnedSemaphorePermit>,
    /// This was the only request when it entered.
    was_alone: bool,
    entered: u64,
    halvings: u64,
}

impl Gate {
    pub(super) fn new() -> Self {
        let allowed = host::max_in_flight();
        let state = State {
            ceiling: allowed,
            is_asked_for: false,
            allowed,
            owed: 0,
            in_flight: 0,
            entered: 0,
            successes: 0,
            halvings: 0,
        };
        Gate { places: Arc::new(Semaphore::new(allowed as usize)), state: Mutex::new(state) }
    }

    /// A provider asks for at most `most` in flight.
    pub(super) fn bound(&self, most: u32) {
        let mut state = self.state();
        if state.is_asked_for && most >= state.ceiling {
            return;
        }
        let is_full = state.allowed == state.ceiling;
        (state.ceiling, state.is_asked_for) = (most, true);
        let allowed = if is_full { most } else { state.allowed.min(most) };
        self.allow(&mut state, allowed);
    }

    pub(super) fn allowed(&self) -> u32 {
        self.state().allowed
    }

    /// A place, if one is free now.
    pub(super) fn try_enter(self: &Arc<Self>) -> Option<Place> {
        Arc::clone(&self.places).try_acquire_owned().ok().map(|permit| self.place(Some(permit)))
    }

    /// A place, first come, first served.
    pub(super) async fn enter(self: &Arc<Self>) -> Place {
        // The semaphore is never closed.
        let permit = Arc::clone(&self.places).acquire_owned().await.ok();
        self.place(permit)
    }

    fn place(self: &Arc<Self>, permit: Option<OwnedSemaphorePermit>) -> Place {
        let mut state = self.state();
        state.in_flight += 1;
        state.entered += 1;
        Place {
            gate: Arc::clone(self),
            permit,
            was_alone: state.in_flight == 1,
            entered: state.entered,
            halvings: state.halvings,
        }
    }

    fn allow(&self, state: &mut State, allowed: u32) {
        if allowed > state.allowed {
            let more = allowed - state.allowed;
            let kept = more.min(state.owed);
            state.owed -= kept;
            self.places.add_permits((more - kept) as usize);
        } else {
            let fewer = state.allowed - allowed;
            let taken = u32::try_from(self.places.forget_permits(fewer as usize)).unwrap_or(fewer);
            state.owed += fewer - taken;
        }
        state.allowed = allowed;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub(super) fn succeeded(self) {
        let mut state = self.gate.state();
        state.successes += 1;
        if state.successes >= SUCCESSES {
            state.successes = 0;
            let allowed = state.ceiling.min(state.allowed + 1);
            self.gate.allow(&mut state, allowed);
        }
    }

    /// The provider said 429. Requests that were in flight together halve the number once. Returns whether other
    /// requests of this process were in flight meanwhile: then it may be their doing.
    pub(super) fn rate_limited(self) -> bool {
        let mut state = self.gate.state();
        state.successes = 0;
        if self.halvings == state.halvings {
            state.halvings += 1;
            let allowed = (state.allowed / 2).max(1);
            self.gate.allow(&mut state, allowed);
        }
        !self.was_alone || state.entered > self.entered
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.gate.state();
        state.in_flight -= 1;
        if state.owed > 0
            && let Some(permit) = self.permit.take()
        {
            state.owed -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(most: u32) -> Arc<Gate> {
        let gate = Arc::new(Gate::new());
        gate.bound(most);
        gate
    }

    fn fill(gate: &Arc<Gate>) -> Vec<Place> {
        std::iter::from_fn(|| gate.try_enter()).collect()
    }

    #[test]
    fn requests_that_fail_together_halve_it_once() {
        let gate = gate(8);
        let mut places = fill(&gate);
        assert_eq!(places.len(), 8);
        for place in places.drain(..6) {
            assert!(place.rate_limited(), "others were in flight");
        }
        assert_eq!(gate.allowed(), 4);
        assert_eq!(fill(&gate).len(), 2, "two of the old ones are still in flight");
        drop(places);
        assert_eq!(fill(&gate).len(), 4);
    }

    #[test]
    fn a_request_alone_knows_it() {
        let gate = gate(2);
        assert!(!gate.try_enter().unwrap().rate_limited());
        assert_eq!(gate.allowed(), 1);
        assert!(!gate.try_enter().unwrap().rate_limited());
        assert_eq!(gate.allowed(), 1, "one is always allowed");
        let gate = self::gate(2);
        let first = gate.try_enter().unwrap();
        gate.try_enter().unwrap().succeeded();
        assert!(first.rate_limited(), "another came and went meanwhile");
    }

    #[test]
    fn twenty_successes_allow_one_more() {
        let gate = gate(3);
        gate.try_enter().unwrap().rate_limited();
        let succeed = |times| (0..times).for_each(|_| gate.try_enter().unwrap().succeeded());
        succeed(19);
        assert_eq!(gate.allowed(), 1);
        succeed(1);
        assert_eq!(gate.allowed(), 2);
        succeed(60);
        assert_eq!((gate.allowed(), fill(&gate).len()), (3, 3), "never over what was asked for");
    }

    #[test]
    fn the_smallest_value_holds() {
        let gate = gate(64);
        assert_eq!(gate.allowed(), 64, "a provider's value stands over the default");
        gate.bound(4);
        gate.bound(9);
        assert_eq!((gate.allowed(), fill(&gate).len()), (4, 4));
    }

    #[test]
    fn growing_takes_back_what_is_owed() {
        let gate = gate(4);
        let mut places = fill(&gate);
        places.pop().unwrap().rate_limited();
        assert_eq!(gate.allowed(), 2);
        gate.allow(&mut gate.state(), 4);
        drop(places);
        assert_eq!(fill(&gate).len(), 4);
    }
}
