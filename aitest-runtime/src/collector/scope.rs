use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll};

use super::clock::Clock;
use super::collected::{Collected, Panicked, RunFailure};
use crate::record::{Attachment, Cost, FailureKind, IterationKey, Spend, TokenUsage};
use crate::{price, redact};

thread_local! {
    static CURRENT: RefCell<Option<Iteration>> = const { RefCell::new(None) };
}

/// Locks, and goes on with the data of a thread that panicked while it held the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What all iterations of one test share: only what aitest itself puts there.
#[derive(Default)]
pub(crate) struct TestScope {
    slots: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    symbolized: AtomicBool,
}

impl TestScope {
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
}

impl fmt::Debug for TestScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestScope").finish_non_exhaustive()
    }
}

/// How an iteration begins.
pub(crate) struct IterationStart {
    pub(crate) test: Arc<TestScope>,
    pub(crate) key: IterationKey,
    pub(crate) count: u32,
    pub(crate) seed: u64,
}

struct Inner {
    start: IterationStart,
    clock: Clock,
    collected: Mutex<Collected>,
}

/// A running iteration: who it is, and what it records.
///
/// A handle, cheap to clone. A test takes it as its last parameter, `it: &Iteration`, or asks for
/// [`Iteration::current`].
#[derive(Clone)]
pub struct Iteration(Arc<Inner>);

impl fmt::Debug for Iteration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iteration({} of {})", self.index(), self.count())
    }
}

impl Iteration {
    pub(crate) fn begin(start: IterationStart) -> Self {
        Iteration(Arc::new(Inner { start, clock: Clock::start(), collected: Mutex::default() }))
    }

    /// The iteration that runs on this thread; `None` outside a test and in threads and tasks that a test
    /// spawned without [`Iteration::scope`].
    pub fn current() -> Option<Iteration> {
        CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
    }

    /// Which iteration this is, from 1 to [`count`](Iteration::count).
    pub fn index(&self) -> u32 {
        self.0.start.key.iteration
    }

    /// How many iterations of this test are planned.
    pub fn count(&self) -> u32 {
        self.0.start.count
    }

    /// The iteration's seed: a hash of the run's seed, the test, the case and the index, independent of order,
    /// count and concurrency.
    pub fn seed(&self) -> u64 {
        self.0.start.seed
    }

    /// Test, rerun, iteration, attempt.
    pub fn key(&self) -> IterationKey {
        self.0.start.key
    }

    /// Books tokens that the test's own agent used, priced from the table. `model` is `provider/model`, or a model
    /// name alone. The first recorded model names the agent of the iteration.
    pub fn record_usage(&self, model: &str, usage: TokenUsage) {
        let cost = price::cost_of(model, &usage);
        let mut collected = self.collected();
        collected.note_price(model, cost);
        collected.agent += Spend { usage, cost, unpriced: u64::from(cost.is_none()) };
        if collected.agents.is_empty() {
            collected.agents.push(redact::redact(model));
        }
    }

    /// Books money that the test's own agent cost, in US dollars. A negative or non-finite amount is a warning and
    /// books nothing.
    pub fn record_cost(&self, usd: f64) {
        match Cost::from_usd(usd) {
            Some(cost) => self.collected().agent += Spend { cost: Some(cost), ..Spend::default() },
            None => super::warn("cost_not_finite", &format!("record_cost({usd}) was ignored: give dollars from 0 up")),
        }
    }

    /// Adds a line to the iteration's record.
    pub fn note(&self, text: impl AsRef<str>) {
        let text = redact::redact(text.as_ref());
        self.collected().notes.push(text);
    }

    /// Adds a named text to the iteration's record.
    pub fn attach(&self, name: impl AsRef<str>, text: impl AsRef<str>) {
        let attachment = Attachment { name: redact::redact(name.as_ref()), text: redact::redact(text.as_ref()) };
        self.collected().attachments.push(attachment);
    }

    /// Says that the infrastructure failed: whatever the body returns, the iteration is errored and leaves the rate.
    #[track_caller]
    pub fn infrastructure_error(&self, message: impl AsRef<str>) {
        let failure = RunFailure {
            kind: FailureKind::Other,
            message: redact::redact(message.as_ref()),
            transient: true,
            location: Some(std::panic::Location::caller().to_string()),
        };
        self.collected().infrastructure.get_or_insert(failure);
    }

    /// Carries the iteration into a task: inside `future`, [`Iteration::current`] is this iteration.
    pub fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        Scoped { iteration: self.clone(), future: Some(Box::pin(future)) }
    }

    /// Makes this the thread's iteration until the guard is dropped.
    pub(crate) fn enter(&self) -> Entered {
        let previous = CURRENT.try_with(|current| current.replace(Some(self.clone()))).ok().flatten();
        Entered { previous, not_send: PhantomData }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn collected(&self) -> MutexGuard<'_, Collected> {
        lock(&self.0.collected)
    }

    /// Takes what was collected, for the record; `None` when somebody else has.
    pub(crate) fn close(&self) -> Option<Collected> {
        let mut collected = self.collected();
        let taken = std::mem::take(&mut *collected);
        collected.closed = true;
        (!taken.closed).then_some(taken)
    }

    /// Records a panic. Another thread may hold the record for a moment; this one may hold it for good.
    pub(crate) fn try_record_panic(&self, panicked: Panicked) {
        for _ in 0..1000 {
            match self.0.collected.try_lock() {
                Ok(mut collected) => return collected.panics.push(panicked),
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner().panics.push(panicked),
                Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            }
        }
    }

    pub(crate) fn test(&self) -> &Arc<TestScope> {
        &self.0.start.test
    }
}

/// Restores the thread's previous iteration when dropped.
pub(crate) struct Entered {
    previous: Option<Iteration>,
    not_send: PhantomData<*const ()>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let previous = self.previous.take();
        let _ = CURRENT.try_with(|current| *current.borrow_mut() = previous);
        let PhantomData = self.not_send;
    }
}

struct Scoped<F> {
    iteration: Iteration,
    future: Option<Pin<Box<F>>>,
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = self.iteration.enter();
        match &mut self.future {
            Some(future) => future.as_mut().poll(cx),
            None => unreachable!("the future is taken in drop only"),
        }
    }
}

impl<F> Drop for Scoped<F> {
    fn drop(&mut self) {
        let _entered = self.iteration.enter();
        self.future = None;
    }
}
