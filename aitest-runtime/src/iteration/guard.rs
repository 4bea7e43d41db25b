use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::Sleep;

use super::payload::Payload;
use super::start::Limits;
use super::{BodyFailure, BodyResult};
use crate::collector::Iteration;

/// How a body ended by itself.
#[derive(Debug)]
pub(super) enum BodyEnd {
    /// With the failure, if it failed.
    Returned(Option<BodyFailure>),
    Panicked(Payload),
}

/// How an execution ended.
#[derive(Debug)]
pub(super) enum End {
    InTime(BodyEnd),
    /// With what the body came to, if it ended at all.
    Over(Limit, Option<BodyEnd>),
}

/// The limit that was reached, and the message that says so.
#[derive(Debug)]
pub(super) enum Limit {
    Work(String),
    Wait(String),
}

/// Runs `body` in the scope of `it`, on this thread.
pub(super) fn guard_sync<R: BodyResult>(it: &Iteration, body: impl FnOnce() -> R) -> BodyEnd {
    let _entered = it.enter();
    match catch_unwind(AssertUnwindSafe(|| body().into_failure())) {
        Ok(failure) => BodyEnd::Returned(failure),
        Err(thrown) => BodyEnd::Panicked(Payload::of(thrown)),
    }
}

/// Polls a body in the scope of its iteration, catches its panics and holds its time limits.
pub(super) struct Guard<F> {
    iteration: Iteration,
    limits: Limits,
    future: Option<Pin<Box<F>>>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl<F> Guard<F> {
    pub(super) fn new(iteration: Iteration, limits: Limits, future: F) -> Self {
        Guard { iteration, limits, future: Some(Box::pin(future)), sleep: None }
    }

    /// Drops the body in its scope: what it owns may record, and may panic.
    fn drop_body(&mut self) {
        let _entered = self.iteration.enter();
        let future = self.future.take();
        if let Err(thrown) = catch_unwind(AssertUnwindSafe(|| drop(future))) {
            drop(Payload::of(thrown));
        }
    }
}

impl<F: Future<Output: BodyResult>> Future for Guard<F> {
    type Output = End;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<End> {
        let this = &mut *self;
        let Some(future) = &mut this.future else { unreachable!("polled after its end") };
        let polled = {
            let _entered = this.iteration.enter();
            catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx).map(BodyResult::into_failure)))
        };
        let end = match polled {
            Err(thrown) => this.ended(BodyEnd::Panicked(Payload::of(thrown))),
            Ok(Poll::Ready(failure)) => this.ended(BodyEnd::Returned(failure)),
            Ok(Poll::Pending) => End::Over(ready!(this.poll_limits(cx)), None),
        };
        this.drop_body();
        Poll::Ready(end)
    }
}

impl<F> Guard<F> {
    fn ended(&self, body: BodyEnd) -> End {
        within(&self.iteration, &self.limits, body)
    }

    fn poll_limits(&mut self, cx: &mut Context<'_>) -> Poll<Limit> {
        loop {
            if let Some(limit) = over(&self.iteration, &self.limits) {
                return Poll::Ready(limit);
            }
            let sleep =
                self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(left(&self.iteration, &self.limits))));
            ready!(sleep.as_mut().poll(cx));
            // The clock may have stood still: look again.
            self.sleep = None;
        }
    }
}

impl<F> Drop for Guard<F> {
    fn drop(&mut self) {
        self.drop_body();
    }
}

/// A body that ended, in time or not.
pub(super) fn within(it: &Iteration, limits: &Limits, body: BodyEnd) -> End {
    match over(it, limits) {
        Some(limit) => End::Over(limit, Some(body)),
        None => End::InTime(body),
    }
}

/// Whether a limit is reached.
pub(super) fn over(it: &Iteration, limits: &Limits) -> Option<Limit> {
    if let Some(timeout) = limits.timeout
        && it.clock().worked() >= timeout
    {
        return Some(Limit::Work(format!("the iteration worked longer than its time limit of {timeout:?}")));
    }
    let max_wait = limits.max_wait;
    (it.clock().waited() >= max_wait)
        .then(|| Limit::Wait(format!("the iteration waited longer than max_wait, {max_wait:?}")))
}

/// How long until a limit can be reached at the earliest.
pub(super) fn left(it: &Iteration, limits: &Limits) -> Duration {
    let wait = limits.max_wait.saturating_sub(it.clock().waited());
    let work = limits.timeout.map(|timeout| timeout.saturating_sub(it.clock().worked()));
    work.map_or(wait, |work| work.min(wait)).max(Duration::from_millis(1))
}
