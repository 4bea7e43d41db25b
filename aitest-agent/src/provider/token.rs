use std::fmt;
use std::time::{Duration, SystemTime};

use aitest_runtime::host;

use super::{BoxFuture, ProviderError};

/// A token is replaced this long before it expires; one that lives less than twice as long, at half its life.
const EARLY: Duration = Duration::from_secs(300);

/// A bearer token. Its value is a registered secret from the start, and no `Debug` shows it.
#[derive(Clone)]
pub(crate) struct Token {
    value: String,
    /// Where it came from, as a user would say it: `` `az account get-access-token` ``.
    origin: String,
    life: Option<Life>,
}

#[derive(Clone, Copy)]
struct Life {
    refresh: SystemTime,
    end: SystemTime,
}

/// Where tokens come from.
pub(crate) trait TokenSource: Send + Sync {
    /// What it signs in to: `Azure`.
    fn name(&self) -> &'static str;

    /// What to check when a token of this source is refused.
    fn advice(&self) -> &'static str;

    /// A new token.
    fn fetch(&self) -> BoxFuture<'_, Result<Token, ProviderError>>;
}

impl Token {
    /// A token that lives until `end`; one without an end is kept until it is refused.
    pub(crate) fn new(origin: &str, value: &str, now: SystemTime, end: Option<SystemTime>) -> Self {
        let value = value.trim().to_owned();
        host::secret(&format!("{origin} token"), &value);
        let life = end.map(|end| {
            let rest = end.duration_since(now).unwrap_or_default();
            Life { refresh: end - EARLY.min(rest / 2), end }
        });
        Token { value, origin: origin.to_owned(), life }
    }

    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it should be replaced.
    pub(crate) fn is_due(&self, now: SystemTime) -> bool {
        self.life.is_some_and(|life| now >= life.refresh)
    }

    /// Whether it is of no use any more.
    pub(crate) fn has_ended(&self, now: SystemTime) -> bool {
        self.life.is_some_and(|life| now >= life.end)
    }

    /// The token, not to be replaced before `refresh`.
    pub(crate) fn kept_until(mut self, refresh: SystemTime) -> Self {
        if let Some(life) = &mut self.life {
            life.refresh = refresh;
        }
        self
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_due_five_minutes_early_and_a_short_one_at_half_its_life() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let due = |life: u64, after: u64| {
            let token = Token::new("test", "token-value-1", now, Some(now + Duration::from_secs(life)));
            token.is_due(now + Duration::from_secs(after))
        };
        assert!(!due(3600, 3299) && due(3600, 3300));
        assert!(!due(240, 119) && due(240, 120));
        assert!(due(0, 0));
        assert!(!Token::new("test", "token-value-1", now, None).is_due(now + Duration::from_secs(1 << 40)));
    }

    #[test]
    fn no_debug_and_no_text_shows_it() {
        let token = Token::new("test", " token-never-shown-1\n", SystemTime::now(), None);
        assert_eq!((token.value(), &*format!("{token:?}")), ("token-never-shown-1", "Token(test)"));
        assert_eq!(host::redact("<token-never-shown-1>"), "<[redacted:test token]>");
    }
}
