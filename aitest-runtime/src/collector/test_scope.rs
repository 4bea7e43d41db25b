use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::warning::warn;
use super::{CassettePlace, lock};

/// What all iterations of one test share: only what aitest itself puts there.
#[derive(Default)]
pub(crate) struct TestScope {
    name: Arc<str>,
    cassettes: CassettePlace,
    slots: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    told_of_panic: AtomicBool,
    symbolized: AtomicBool,
}

/// What to do about tasks and threads that outlive their iteration.
const JOIN: &str = "the body must await or join the tasks and threads that it starts";

impl TestScope {
    pub(crate) fn of(name: &str, cassettes: CassettePlace) -> Self {
        TestScope { name: name.into(), cassettes, ..TestScope::default() }
    }

    pub(super) fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    pub(super) fn cassettes(&self) -> &CassettePlace {
        &self.cassettes
    }

    /// The test's one value of type `T`, made on first use.
    pub(crate) fn slot<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let value = Arc::clone(lock(&self.slots).entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())));
        value.downcast::<T>().unwrap_or_else(|_| unreachable!("the slot is keyed by its type"))
    }

    /// Whether the next panic gets frames: a test's first one does, and all do when the user asks.
    pub(crate) fn wants_frames(&self) -> bool {
        let asked = || std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
        !self.symbolized.load(Ordering::Relaxed) || asked()
    }

    /// A panic of the test got its frames.
    pub(crate) fn symbolized(&self) {
        self.symbolized.store(true, Ordering::Relaxed);
    }

    /// Warns once of each `what`: it came when its iteration's record was written.
    pub(super) fn warn_late(&self, what: &str) {
        warn(
            "after_the_end",
            &format!("{}: {what} after its iteration had ended, and what it recorded is lost: {JOIN}", self.name),
        );
    }

    /// Warns once of a task that panicked and failed no iteration by it.
    pub(crate) fn warn_unjoined(&self, panic: &str) {
        if !self.told_of_panic.swap(true, Ordering::Relaxed) {
            warn(
                "task_panicked",
                &format!(
                    "{}: a task panicked, and its iteration did not fail by it: {panic}; await the task's handle and \
                     unwrap it, or catch the panic in the task if it is meant",
                    self.name
                ),
            );
        }
    }
}

impl fmt::Debug for TestScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestScope").field("name", &self.name).finish_non_exhaustive()
    }
}
