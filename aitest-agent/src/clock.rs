use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aitest_runtime::host;
use tokio::time::Instant;

/// The working time of an agent run: pauses that are no fault of the agent do not count.
#[derive(Debug)]
pub(crate) struct RunClock {
    started: Instant,
    waits: Mutex<Waits>,
}

#[derive(Debug, Default)]
struct Waits {
    since: Option<Instant>,
    total: Duration,
}

impl RunClock {
    pub(crate) fn start() -> Self {
        RunClock { started: Instant::now(), waits: Mutex::default() }
    }

    /// Wall time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Waits for `pause`. The clocks of the run and of the iteration stand still.
    pub(crate) async fn pause(&self, pause: Duration) {
        let _waiting = self.waiting();
        tokio::time::sleep(pause).await;
    }

    /// While what it returns lives, the clocks of the run and of the iteration stand still.
    pub(crate) fn waiting(&self) -> impl Sized {
        (host::waiting(), Waiting::begin(self))
    }

    /// Returns when `limit` of working time is over.
    pub(crate) async fn limit(&self, limit: Duration) {
        loop {
            let rest = limit.saturating_sub(self.worked());
            if rest.is_zero() {
                return;
            }
            tokio::time::sleep(rest).await;
        }
    }

    fn worked(&self) -> Duration {
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = waits.total + waits.since.map_or(Duration::ZERO, |since| since.elapsed());
        self.elapsed().saturating_sub(waited)
    }
}

struct Waiting<'a>(&'a RunClock);

impl<'a> Waiting<'a> {
    fn begin(clock: &'a RunClock) -> Self {
        clock.waits.lock().unwrap_or_else(PoisonError::into_inner).since = Some(Instant::now());
        Waiting(clock)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waits = self.0.waits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(since) = waits.since.take() {
            waits.total += since.elapsed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_no_work() {
        let clock = RunClock::start();
        let work = async {
            clock.pause(Duration::from_secs(100)).await;
            tokio::time::sleep(Duration::from_secs(9)).await;
        };
        tokio::select! {
            () = clock.limit(Duration::from_secs(10)) => panic!("the pause was counted"),
            () = work => {}
        }
        assert_eq!(clock.worked(), Duration::from_secs(9));
        clock.limit(Duration::from_secs(10)).await;
        assert_eq!(clock.elapsed(), Duration::from_secs(110));
    }
}
