use std::time::Duration;

use aitest_runtime::host::Retry;
use tokio::time::Instant;

use super::breaker::Breaker;
use super::{ChatReply, ChatRequest, Model, ProviderError};
use crate::clock::RunClock;

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
}

/// Sends `request` until it is answered, at most four times. Each repetition is given to `on_retry` before its pause.
/// Returns the reply and how long the last try took.
pub(crate) async fn chat(
    model: &dyn Model,
    request: &ChatRequest,
    tries: Tries<'_>,
    on_retry: &mut (dyn FnMut(Retry) + Send),
) -> Result<(ChatReply, Duration), ProviderError> {
    let breaker = Breaker::of(model);
    let mut tried = 0;
    loop {
        breaker.check()?;
        let sent = Instant::now();
        let error = match model.chat(request).await {
            Ok(reply) => {
                breaker.succeeded();
                return Ok((reply, sent.elapsed()));
            }
            Err(error) => error,
        };
        tried += 1;
        let Some(pause) = pause_before_next(&error, tried, tries.seed) else {
            breaker.failed(&error);
            return Err(error);
        };
        on_retry(Retry { why: error.to_string(), wait_ms: u64::try_from(pause.as_millis()).unwrap_or(u64::MAX) });
        tries.clock.pause(pause).await;
    }
}

/// The pause after try number `tried`, or `None` when there is no next try.
fn pause_before_next(error: &ProviderError, tried: u32, seed: u64) -> Option<Duration> {
    if !error.is_transient() || tried >= MAX_TRIES {
        return None;
    }
    match error.retry_after() {
        Some(asked) => (asked <= LONGEST_PAUSE).then_some(asked),
        None => Some(jittered(FIRST_PAUSE * 2_u32.pow(tried - 1), seed.wrapping_add(u64::from(tried)))),
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

    #[test]
    fn pauses_double_and_spread() {
        let error = ProviderError::new(Server, "503");
        let pauses: Vec<_> = (1..=4).map(|tried| pause_before_next(&error, tried, 7)).collect();
        for (tried, base) in [(0, 500), (1, 1000), (2, 2000)] {
            let pause = pauses[tried].unwrap().as_millis();
            assert!((base * 3 / 4..=base * 5 / 4).contains(&pause), "{pause}");
        }
        assert_eq!(pauses[3], None, "four tries at most");
        assert_eq!(pause_before_next(&error, 1, 7), pauses[0], "the same seed, the same pause");
        assert_ne!(pause_before_next(&error, 1, 8), pauses[0]);
    }

    #[test]
    fn the_provider_knows_best() {
        let asks = |pause| ProviderError::new(RateLimited, "429").with_retry_after(Some(pause));
        assert_eq!(pause_before_next(&asks(Duration::from_secs(7)), 1, 0), Some(Duration::from_secs(7)));
        assert_eq!(pause_before_next(&asks(Duration::from_secs(3600)), 1, 0), None);
        assert_eq!(pause_before_next(&ProviderError::new(Authentication, "401"), 1, 0), None);
    }
}
