use std::sync::LazyLock;
use std::time::{Duration, Instant as Monotonic, SystemTime, UNIX_EPOCH};

use aitest_runtime::host::Ledger;
use tokio::time::Instant;

use super::Limits;

/// Before a ledger that another process has is asked again.
const BUSY_PAUSE: Duration = Duration::from_millis(1);
const MINUTE_US: u64 = 60_000_000;

/// When the next request and the next token are free, in microseconds since 1970: the generic cell rate algorithm
/// without a burst, over all processes of the run.
#[derive(Debug)]
pub(super) struct Clocks(Ledger<2>);

/// What one request has booked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Booking {
    limits: Limits,
    tokens: u64,
    /// How long to wait before the request is sent.
    pub(super) wait: Duration,
}

impl Clocks {
    pub(super) fn new(ledger: Ledger<2>) -> Self {
        Clocks(ledger)
    }

    /// Books a request of about `tokens`; `None` where nothing limits it.
    pub(super) async fn book(&self, limits: Limits, tokens: u64) -> Option<Booking> {
        if limits.rpm.is_none() && limits.tpm.is_none() {
            return None;
        }
        loop {
            let now = now_us();
            let booked = self.0.try_update(|[requests, spent]| {
                let free = (*requests).max(*spent).max(now);
                if let Some(rpm) = limits.rpm {
                    *requests = free.saturating_add(share(1, rpm));
                }
                if let Some(tpm) = limits.tpm {
                    *spent = free.saturating_add(share(tokens, tpm));
                }
                free
            });
            match booked {
                Some(free) => {
                    let wait = Duration::from_micros(free - now);
                    return Some(Booking { limits, tokens, wait });
                }
                None => tokio::time::sleep(BUSY_PAUSE).await,
            }
        }
    }

    /// Replaces the estimate by what was used.
    pub(super) async fn correct(&self, booking: Booking, used: u64) {
        while self.try_correct(booking, used).is_none() {
            tokio::time::sleep(BUSY_PAUSE).await;
        }
    }

    fn try_correct(&self, Booking { limits, tokens, .. }: Booking, used: u64) -> Option<()> {
        let Some(tpm) = limits.tpm else { return Some(()) };
        self.0.try_update(|[_, spent]| {
            *spent = spent.saturating_sub(share(tokens, tpm)).saturating_add(share(used, tpm));
        })
    }

    /// Gives back what a request booked that was never sent. One that is not given back in this moment stays booked:
    /// later requests only wait longer.
    pub(super) fn give_back(&self, booking: Booking) {
        self.try_correct(booking, 0);
        if let Some(rpm) = booking.limits.rpm {
            self.0.try_update(|[requests, _]| *requests = requests.saturating_sub(share(1, rpm)));
        }
    }
}

/// The microseconds that `count` takes of a minute.
fn share(count: u64, per_minute: u32) -> u64 {
    count.saturating_mul(MINUTE_US) / u64::from(per_minute.max(1))
}

/// Microseconds since 1970, which no change of the wall clock moves while the process lives.
fn now_us() -> u64 {
    static START: LazyLock<(Monotonic, Duration)> =
        LazyLock::new(|| (Monotonic::now(), SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()));
    let (monotonic, since_1970) = *START;
    let now = since_1970 + Instant::now().into_std().saturating_duration_since(monotonic);
    u64::try_from(now.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(rpm: Option<u32>, tpm: Option<u32>) -> Limits {
        Limits { rpm, tpm, max_in_flight: None }
    }

    async fn wait(clocks: &Clocks, limits: Limits, tokens: u64) -> u128 {
        clocks.book(limits, tokens).await.unwrap().wait.as_millis()
    }

    #[tokio::test(start_paused = true)]
    async fn requests_are_spaced_evenly() {
        let clocks = Clocks::new(Ledger::at(None));
        let limits = limits(Some(60), None);
        let waits = [wait(&clocks, limits, 9).await, wait(&clocks, limits, 9).await, wait(&clocks, limits, 9).await];
        assert_eq!(waits, [0, 1000, 2000]);
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!([wait(&clocks, limits, 9).await, wait(&clocks, limits, 9).await], [0, 1000], "no burst is saved up");
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_are_corrected_when_they_are_known() {
        let clocks = Clocks::new(Ledger::at(None));
        let limits = limits(None, Some(6000));
        let booking = clocks.book(limits, 100).await.unwrap();
        assert_eq!(booking.wait, Duration::ZERO, "the first goes, whatever its size");
        clocks.correct(booking, 500).await;
        assert_eq!(wait(&clocks, limits, 10).await, 5000);
        let booking = clocks.book(limits, 1000).await.unwrap();
        assert_eq!(booking.wait.as_millis(), 5100);
        clocks.give_back(booking);
        assert_eq!(wait(&clocks, limits, 10).await, 5100, "as if it had not been booked");
    }

    #[tokio::test(start_paused = true)]
    async fn the_slower_clock_holds() {
        let clocks = Clocks::new(Ledger::at(None));
        let limits = limits(Some(60), Some(6000));
        assert_eq!(wait(&clocks, limits, 300).await, 0);
        assert_eq!(wait(&clocks, limits, 10).await, 3000);
        let booking = clocks.book(limits, 10).await.unwrap();
        assert_eq!(booking.wait.as_millis(), 4000);
        clocks.give_back(booking);
        assert_eq!(wait(&clocks, limits, 10).await, 4000);
        assert!(clocks.book(Limits::default(), 10).await.is_none());
    }

    /// Two ledgers of one file are what two processes have.
    #[tokio::test(start_paused = true)]
    async fn processes_share_the_clocks() {
        let folder = tempfile::tempdir().unwrap();
        let clocks = || Clocks::new(Ledger::at(Some(folder.path().join("limits/a"))));
        let (first, second) = (clocks(), clocks());
        let limits = limits(Some(60), None);
        let waits = [wait(&first, limits, 0).await, wait(&second, limits, 0).await, wait(&first, limits, 0).await];
        assert_eq!(waits, [0, 1000, 2000]);
    }
}
