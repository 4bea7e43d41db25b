use hyper::{HeaderMap, Response, StatusCode};

use crate::provider::ProviderError;

/// What is kept of an exchange that passes a tap: nothing.
#[derive(Default)]
pub(crate) struct Taping;

/// A recorded answer; there is none.
pub(crate) type Replayed = Option<Result<Response<Vec<u8>>, ProviderError>>;

pub(crate) fn passing(_: &str, _: &[u8]) -> (Taping, Replayed) {
    (Taping, None)
}

impl Taping {
    pub(crate) fn asks(&mut self) {}

    pub(crate) fn begins(&mut self, _: StatusCode, _: &HeaderMap) {}

    pub(crate) fn push(&mut self, _: &[u8]) {}

    pub(crate) fn ends(self) {}

    pub(crate) fn failed(self, _: &ProviderError) {}
}
