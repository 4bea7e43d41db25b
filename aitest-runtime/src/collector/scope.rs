use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use super::clock::Clock;
use super::collected::{Collected, Panicked, RunFailure};
use super::endings::Endings;
use super::task::{Scoped, text_of};
use super::test_scope::TestScope;
use crate::record::{Assertion, Attachment, Cost, FailureKind, IterationKey, Spend, TokenUsage};
use crate::{price, redact};

thread_local! {
    static CURRENT: RefCell<Option<Iteration>> = const { RefCell::new(None) };
}

/// Locks, and goes on with the data of a thread that panicked while it held the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
    endings: Endings,
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
        Iteration(Arc::new(Inner {
            start,
            clock: Clock::start(),
            collected: Mutex::default(),
            endings: Endings::default(),
        }))
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

    /// How many iterations the test has, N: also where `AITEST_ONLY` runs some of them alone.
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
        let mut collected = self.adds("`record_usage` was called");
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
            Some(cost) => self.adds("`record_cost` was called").agent += Spend { cost: Some(cost), ..Spend::default() },
            None => super::warn("cost_not_finite", &format!("record_cost({usd}) was ignored: give dollars from 0 up")),
        }
    }

    /// Adds a line to the iteration's record.
    pub fn note(&self, text: impl AsRef<str>) {
        let text = redact::redact(text.as_ref());
        self.adds("`note` was called").notes.push(text);
    }

    /// Adds a named text to the iteration's record.
    pub fn attach(&self, name: impl AsRef<str>, text: impl AsRef<str>) {
        let attachment = Attachment { name: redact::redact(name.as_ref()), text: redact::redact(text.as_ref()) };
        self.adds("`attach` was called").attachments.push(attachment);
    }

    /// Adds an assertion to the iteration's record. Nothing fails by it.
    pub(crate) fn assertion(&self, assertion: Assertion) {
        let Assertion { expected, passed, actual, location } = assertion;
        let (expected, actual) = (redact::redact(&expected), redact::redact(&actual));
        self.collected().assertions.push(Assertion { expected, passed, actual, location });
    }

    /// Says that the infrastructure failed: whatever the body returns, the iteration is errored and leaves the rate.
    #[track_caller]
    pub fn infrastructure_error(&self, message: impl AsRef<str>) {
        let failure = RunFailure {
            kind: FailureKind::Infrastructure,
            message: redact::redact(message.as_ref()),
            transient: true,
            location: Some(std::panic::Location::caller().to_string()),
        };
        self.adds("`infrastructure_error` was called").infrastructure.get_or_insert(failure);
    }

    /// Carries the iteration into a task: inside `future`, [`Iteration::current`] is this iteration.
    pub fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        Scoped::new(self.clone(), future)
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

    /// What was collected, to add to it: `what` is warned of when the record is written already.
    pub(super) fn adds(&self, what: &str) -> MutexGuard<'_, Collected> {
        let collected = self.collected();
        if !collected.closed {
            return collected;
        }
        drop(collected);
        self.test().warn_late(what);
        self.collected()
    }

    /// A task of this iteration panicked. Whoever joins it may fail by it.
    pub(super) fn task_panicked(&self, thrown: &(dyn Any + Send)) {
        let text = text_of(thrown);
        let mut collected = self.collected();
        let seen = collected.panics.iter().rfind(|panic| panic.message == text);
        let place = seen.and_then(|panic| panic.location.as_ref()).map(|place| format!(" at {place}"));
        let panic = format!("{text}{}", place.unwrap_or_default());
        if collected.closed {
            drop(collected);
            self.test().warn_unjoined(&panic);
        } else {
            collected.task_panics.push(panic);
        }
    }

    /// Has `act` done at the iteration's end, before its record is taken. Whether it has not ended yet.
    pub(crate) fn at_end(&self, act: impl FnOnce() + Send + 'static) -> bool {
        let mut endings = self.0.endings.lock();
        let is_open = !self.collected().closed;
        if is_open {
            endings.push(Box::new(act));
        }
        is_open
    }

    /// Takes what was collected, for the record; `None` when somebody else has.
    pub(crate) fn close(&self) -> Option<Collected> {
        self.0.endings.run();
        let collected = self.take();
        // What was added meanwhile comes too late to record, and still has to end.
        self.0.endings.run();
        collected
    }

    fn take(&self) -> Option<Collected> {
        let mut collected = self.collected();
        collected.stop_step();
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
