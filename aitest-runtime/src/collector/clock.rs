use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The two clocks of an iteration: wall time, and the part of it spent waiting.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    waits: Mutex<Waits>,
    /// Nanoseconds that are no part of the iteration.
    overhead: AtomicU64,
}

#[derive(Debug, Default)]
struct Waits {
    /// Waits under way. Overlapping waits count once.
    open: u32,
    since: Option<Instant>,
    total: Duration,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Clock { started: Instant::now(), waits: Mutex::default(), overhead: AtomicU64::new(0) }
    }

    /// Wall time since the start, without our overhead.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed().saturating_sub(Duration::from_nanos(self.overhead.load(Ordering::Relaxed)))
    }

    /// What happens while the guard lives is no part of the iteration.
    pub(crate) fn overhead(&self) -> Overhead<'_> {
        Overhead { clock: self, since: Instant::now() }
    }

    /// Time spent waiting so far, the wait under way included.
    pub(crate) fn waited(&self) -> Duration {
        let waits = super::scope::lock(&self.waits);
        waits.total + waits.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Wall time without the waits: what the time limit is about.
    pub(crate) fn worked(&self) -> Duration {
        self.elapsed().saturating_sub(self.waited())
    }

    /// For `time`, until now, another iteration held the thread.
    pub(crate) fn held_up(&self, time: Duration) {
        let mut waits = super::scope::lock(&self.waits);
        // A wait under way counts it already.
        if waits.open == 0 {
            waits.total += time.min(self.elapsed());
        }
    }

    fn begin_wait(&self) {
        let mut waits = super::scope::lock(&self.waits);
        if waits.open == 0 {
            waits.since = Some(Instant::now());
        }
        waits.open += 1;
    }

    fn end_wait(&self) {
        let mut waits = super::scope::lock(&self.waits);
        waits.open = waits.open.saturating_sub(1);
        if waits.open == 0
            && let Some(since) = waits.since.take()
        {
            waits.total += since.elapsed();
        }
    }
}

/// Takes the time that it lives from the clock.
pub(crate) struct Overhead<'a> {
    clock: &'a Clock,
    since: Instant,
}

impl Drop for Overhead<'_> {
    fn drop(&mut self) {
        let nanos = u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.clock.overhead.fetch_add(nanos, Ordering::Relaxed);
    }
}

/// While this lives, the current iteration waits: its time limit stands still.
#[derive(Debug)]
#[must_use = "the wait ends when this is dropped"]
pub struct Waiting(Option<super::Iteration>);

impl Waiting {
    pub(crate) fn begin(iteration: Option<super::Iteration>) -> Self {
        if let Some(it) = &iteration {
            it.clock().begin_wait();
        }
        Waiting(iteration)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(it) = &self.0 {
            it.clock().end_wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_overhead_is_no_time_of_the_iteration() {
        let clock = Clock::start();
        drop(clock.overhead());
        let overhead = clock.overhead.load(Ordering::Relaxed);
        assert!(overhead > 0);
        clock.overhead.store(u64::MAX, Ordering::Relaxed);
        assert_eq!(clock.elapsed(), Duration::ZERO);
    }

    #[test]
    fn overlapping_waits_count_once() {
        let clock = Clock::start();
        clock.begin_wait();
        clock.begin_wait();
        clock.end_wait();
        assert!(clock.waited() <= clock.elapsed());
        clock.end_wait();
        let waited = clock.waited();
        assert_eq!(waited, clock.waited(), "nothing is waited for any more");
        assert!(clock.worked() <= clock.elapsed());
    }
}
