use super::super::{ProviderError, ProviderErrorKind};

/// The limits that a provider was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) rpm: Option<u32>,
    pub(crate) tpm: Option<u32>,
    pub(crate) max_in_flight: Option<u32>,
}

impl Limits {
    pub(super) fn check(self) -> Result<(), ProviderError> {
        let all = [("rpm", self.rpm), ("tpm", self.tpm), ("max_in_flight", self.max_in_flight)];
        match all.into_iter().find(|(_, limit)| *limit == Some(0)) {
            None => Ok(()),
            Some((name, _)) => {
                let message = format!("`{name}(0)` allows no request: give 1 or more, or leave it out");
                Err(ProviderError::new(ProviderErrorKind::Configuration, message))
            }
        }
    }
}

/// Bytes of English text and JSON that make a token, about.
const BYTES_OF_A_TOKEN: usize = 4;
/// The tokens of an answer that nothing is known of.
const ANSWER: u32 = 256;

/// What a request will use, about: a quarter of its bytes, and an answer of `limit` tokens, 256 at most.
pub(crate) fn estimate(bytes: usize, limit: Option<u32>) -> u64 {
    let input = u64::try_from(bytes / BYTES_OF_A_TOKEN).unwrap_or(u64::MAX);
    input.saturating_add(u64::from(limit.unwrap_or(ANSWER).min(ANSWER)))
}
