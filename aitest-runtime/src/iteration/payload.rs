use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

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

/// The message in what a panic threw.
pub(super) fn text_of(thrown: &(dyn Any + Send)) -> String {
    thrown
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| thrown.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panicked with a value that is no text".to_owned())
}
