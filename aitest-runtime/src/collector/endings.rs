use std::sync::{Mutex, MutexGuard};

use super::lock;

type Ending = Box<dyn FnOnce() + Send>;

/// What is done at an iteration's end: whoever records from elsewhere writes down what is still open.
#[derive(Default)]
pub(super) struct Endings(Mutex<Vec<Ending>>);

impl Endings {
    pub(super) fn lock(&self) -> MutexGuard<'_, Vec<Ending>> {
        lock(&self.0)
    }

    /// Does them, in their order, each once. They may record.
    pub(super) fn run(&self) {
        let endings = std::mem::take(&mut *self.lock());
        endings.into_iter().for_each(|act| act());
    }
}
