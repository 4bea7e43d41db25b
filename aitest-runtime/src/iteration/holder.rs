use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use super::test_run::TestRun;
use crate::collector::{Iteration, lock};
use crate::record::IterationKey;

/// A body that keeps the thread this long holds up the others that share it.
const LONG: Duration = Duration::from_millis(10);

/// Whose body is on the thread that the iterations of an async test share.
#[derive(Debug, Default)]
pub(super) struct Holder(Mutex<Option<(IterationKey, Instant)>>);

impl Holder {
    /// Whether another iteration has held the thread for `limit`: then `key` can do nothing for its time.
    pub(super) fn holds_up(&self, key: IterationKey, limit: Duration) -> bool {
        lock(&self.0).is_some_and(|(holder, since)| holder != key && since.elapsed() >= limit)
    }

    fn begin(&self, key: IterationKey) {
        *lock(&self.0) = Some((key, Instant::now()));
    }

    fn end(&self) -> Duration {
        lock(&self.0).take().map_or(Duration::ZERO, |(_, since)| since.elapsed())
    }
}

/// An execution that shares its thread with others: while its body holds the thread, theirs wait.
pub(super) struct Shared<'r, F> {
    pub(super) run: &'r TestRun,
    pub(super) iteration: Iteration,
    pub(super) execution: F,
}

impl<F: Future + Unpin> Future for Shared<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        this.run.holder.begin(this.iteration.key());
        let polled = Pin::new(&mut this.execution).poll(cx);
        let held = this.run.holder.end();
        if held >= LONG {
            for other in this.run.in_flight() {
                if other.key() != this.iteration.key() {
                    other.clock().held_up(held);
                }
            }
        }
        polled
    }
}
