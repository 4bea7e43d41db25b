use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use aitest_runtime::host::{self, Iteration};

use super::exchange::Exchange;
use super::transcript::Transcript;
use crate::provider::{Limits, Wire};

static LAST: AtomicU64 = AtomicU64::new(0);
static LINES: LazyLock<Mutex<HashMap<u64, Arc<Line>>>> = LazyLock::new(Mutex::default);

/// A tapped line: whose it is, where it leads, and what has passed. It is open until its iteration ends.
pub(super) struct Line {
    id: u64,
    port: u16,
    pub(super) iteration: Iteration,
    pub(super) wire: Wire,
    settings: Mutex<Settings>,
    transcript: Mutex<Transcript>,
    open: Mutex<Vec<Weak<Exchange>>>,
}

/// What a tap was told.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) to: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) limits: Limits,
}

impl Line {
    /// A line of `iteration`; `None` when that has ended.
    pub(super) fn open(iteration: Iteration, wire: Wire, port: u16) -> Option<Arc<Self>> {
        let line = Arc::new(Line {
            id: LAST.fetch_add(1, Ordering::Relaxed) + 1,
            port,
            transcript: Mutex::new(Transcript::of(iteration.clone())),
            iteration: iteration.clone(),
            wire,
            settings: Mutex::default(),
            open: Mutex::default(),
        });
        lock(&LINES).insert(line.id, Arc::clone(&line));
        let ending = Arc::clone(&line);
        if !host::at_end(&iteration, move || ending.end()) {
            lock(&LINES).remove(&line.id);
            return None;
        }
        Some(line)
    }

    /// The open line number `id`.
    pub(super) fn find(id: u64) -> Option<Arc<Self>> {
        lock(&LINES).get(&id).cloned()
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut lock(&self.settings));
    }

    pub(super) fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    pub(super) fn transcript(&self) -> MutexGuard<'_, Transcript> {
        lock(&self.transcript)
    }

    /// An answer is on its way.
    pub(super) fn add(&self, exchange: &Arc<Exchange>) {
        let mut open = lock(&self.open);
        open.retain(|other| other.strong_count() > 0);
        open.push(Arc::downgrade(exchange));
    }

    /// The iteration ends: what has come of open answers is written down, and no further request is taken.
    fn end(&self) {
        lock(&LINES).remove(&self.id);
        let open = std::mem::take(&mut *lock(&self.open));
        open.iter().filter_map(Weak::upgrade).for_each(|exchange| exchange.cut_by_the_end());
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
