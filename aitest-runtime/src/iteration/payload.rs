use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::collector::text_of;

/// What a panic threw. Dropping it never panics.
#[derive(Debug)]
pub(super) struct Payload(Option<Box<dyn Any + Send>>);

impl Payload {
    pub(super) fn of(thrown: Box<dyn Any + Send>) -> Self {
        Payload(Some(thrown))
    }

    /// The panic's message.
    pub(super) fn text(&self) -> String {
        self.0.as_deref().map(text_of).unwrap_or_default()
    }
}

impl Drop for Payload {
    fn drop(&mut self) {
        let thrown = self.0.take();
        if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(thrown))) {
            // It may throw for ever.
            std::mem::forget(again);
        }
    }
}
