use std::time::Duration;

use aitest_runtime::host::Retry;
use tokio::time::Instant;

use super::breaker::Breaker;
use super::limits::Limiter;
use super::{ChatReply, ChatRequest, Connected, Limits, ProviderError, ProviderErrorKind};
use crate::cassette::Exchange;
use crate::clock::RunClock;
use crate::telemetry;

/// How often one request is sent at most.
const MAX_TRIES: u32 = 4;
/// The pause before the second try; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// A provider that asks for a longer pause is not waited for. No iteration waits longer in all by default.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// What the tries of one request go by.
pub(crate) struct Tries<'a> {
    /// Spreads the pauses of iterations that failed together, the same way in each run.
    pub(crate) seed: u64,
    pub(crate) clock: &'a RunClock,
    pub(crate) limits: Limits,
}

/// The tries of one request so far.
#[derive(Clone, Copy, Default)]
struct Tried {
    /// Those that count. A 429 while other requests of ours were in flight does not: it may be their doing, and fewer
    /// will be in flight from now on.
    counted: u32,
    all: u32,
}

/// Sends `request` until it is answered, at most four times, and more often only where too many requests of ours are
/// in flight. Each repetition is given to `on_retry` before its pause.
/// Returns the reply and how long the last try took; a recorded one took no time, and waits for nothing.
pub(crate) async fn chat(
    model: &Connected,
    request: &ChatRequest,
    tries: Tries<'_>,
    on_retry: &mut (dyn FnMut(Retry) + Send),
) -> Result<(ChatReply, Duration), ProviderError> {
    let live = async {
        let mut exchange = Exchange::begin(model, request)?;
        match exchange.replayed(on_retry) {
            Some(replayed) => replayed.map(|reply| (reply, Duration::ZERO)),
            None => ask(model, (request, &mut exchange), tries, on_retry).await,
        }
    };
    telemetry::chat(model, request, live).await
}

async fn ask(
    model: &Connected,
    (request, exchange): (&ChatRequest, &mut Exchange<'_>),
    tries: Tries<'_>,
    on_retry: &mut (dyn FnMut(Retry) + Send),
) -> Result<(ChatReply, Duration), ProviderError> {
    let endpoint = model.as_model().endpoint();
    let breaker = Breaker::of(&endpoint);
    let limiter = Limiter::of(model.label(), &endpoint, tries.limits)?;
    let mut tried = Tried::default();
    loop {
        breaker.check()?;
        let pass = limiter.enter(|| request.estimate(), || tries.clock.waiting()).await;
        breaker.check()?;
        let sent = Instant::now();
        let error = match exchange.ask().await {
            Ok(reply) => {
                let took = sent.elapsed();
                breaker.succeeded();
                pass.succeeded(reply.usage).await;
                return Ok((reply, took));
            }
            Err(error) => error,
        };
        let is_crowded = pass.failed(&error).await;
        tried.all += 1;
        tried.counted += u32::from(!is_crowded);
        let Some(pause) = pause_before_next(&error, tried, tries.seed) else {
            breaker.failed(&error);
            return Err(error);
        };
        telemetry::retried(&error, pause);
        on_retry(Retry { why: error.to_string(), wait_ms: u64::try_from(pause.as_millis()).unwrap_or(u64::MAX) });
        tries.clock.pause(pause).await;
        if error.kind() == ProviderErrorKind::RateLimited {
            limiter.waited(pause);
        }
    }
}

/// The pause before the next try, or `None` when there is none.
fn pause_before_next(error: &ProviderError, tried: Tried, seed: u64) -> Option<Duration> {
    if !error.is_transient() || tried.counted >= MAX_TRIES {
        return None;
    }
    let doublings = (tried.all - 1).min(MAX_TRIES);
    match error.retry_after() {
        Some(asked) => (asked <= LONGEST_PAUSE).then_some(asked),
        None => Some(jittered(FIRST_PAUSE * 2_u32.pow(doublings), seed.wrapping_add(u64::from(tried.all)))),
    }
}

/// `pause`, up to a quarter shorter or longer.
fn jittered(pause: Duration, seed: u64) -> Duration {
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let unit = (splitmix64(seed) >> 11) as f64 / (1_u64 << 53) as f64;
    pause.mul_f64(0.75 + unit / 2.0)
}

/// SplitMix64's output function: <https://prng.di.unimi.it/splitmix64.c>.
fn splitmix64(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::ProviderErrorKind::{Authentication, RateLimited, Server};

    fn tried(counted: u32) -> Tried {
        Tried { counted, all: counted }
    }

    #[test]
    fn pauses_double_and_spread() {
        let error = ProviderError::new(Server, "503");
        let pauses: Vec<_> = (1..=4).map(|count| pause_before_next(&error, tried(count), 7)).collect();
        for (place, base) in [(0, 500), (1, 1000), (2, 2000)] {
            let pause = pauses[place].unwrap().as_millis();
            assert!((base * 3 / 4..=base * 5 / 4).contains(&pause), "{pause}");
        }
        assert_eq!(pauses[3], None, "four tries at most");
        assert_eq!(pause_before_next(&error, tried(1), 7), pauses[0], "the same seed, the same pause");
        assert_ne!(pause_before_next(&error, tried(1), 8), pauses[0]);
    }

    #[test]
    fn the_provider_knows_best() {
        let asks = |pause| ProviderError::new(RateLimited, "429").with_retry_after(Some(pause));
        assert_eq!(pause_before_next(&asks(Duration::from_secs(7)), tried(1), 0), Some(Duration::from_secs(7)));
        assert_eq!(pause_before_next(&asks(Duration::from_secs(3600)), tried(1), 0), None);
        assert_eq!(pause_before_next(&ProviderError::new(Authentication, "401"), tried(1), 0), None);
    }
}
