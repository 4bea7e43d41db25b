use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Iteration;

/// A future in the scope of an iteration. It tells the iteration when it panics: nobody may join it.
pub(super) struct Scoped<F> {
    iteration: Iteration,
    future: Option<Pin<Box<F>>>,
}

impl<F> Scoped<F> {
    pub(super) fn new(iteration: Iteration, future: F) -> Self {
        Scoped { iteration, future: Some(Box::pin(future)) }
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = self.iteration.enter();
        let Some(future) = &mut self.future else { unreachable!("the future is taken in drop only") };
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))).unwrap_or_else(|thrown| {
            self.iteration.task_panicked(thrown.as_ref());
            resume_unwind(thrown)
        })
    }
}

impl<F> Drop for Scoped<F> {
    fn drop(&mut self) {
        let _entered = self.iteration.enter();
        self.future = None;
    }
}

/// The message in what a panic threw.
pub(crate) fn text_of(thrown: &(dyn Any + Send)) -> String {
    thrown
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| thrown.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panicked with a value that is no text".to_owned())
}
