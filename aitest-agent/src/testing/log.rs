use std::collections::{HashMap, VecDeque};
use std::fmt;

use aitest_runtime::host::IterationKey;
use hyper::HeaderMap;
use hyper::body::Bytes;
use serde_json::Value;

use super::draw::Place;
use crate::address::Address;

/// A request that a [`ScriptedModel`](super::ScriptedModel) got.
#[derive(Clone)]
pub struct RecordedRequest {
    address: Address,
    headers: HeaderMap,
    body: Bytes,
}

impl RecordedRequest {
    pub(super) fn new(address: Address, headers: HeaderMap, body: Bytes) -> Self {
        RecordedRequest { address, headers, body }
    }

    /// The iteration that asked; `None` outside a test.
    pub fn iteration(&self) -> Option<IterationKey> {
        self.address.iteration
    }

    /// The value of a header, whatever the case of its name; `None` without it or when it is not ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body; a string with the text as it came when it is not JSON.
    pub fn body(&self) -> Value {
        let text = || Value::String(String::from_utf8_lossy(&self.body).into_owned());
        serde_json::from_slice(&self.body).unwrap_or_else(|_| text())
    }
}

/// Without the values of headers: they hold keys.
impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("iteration", &self.iteration())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &self.body())
            .finish()
    }
}

/// What a model remembers.
#[derive(Debug, Default)]
pub(super) struct Log {
    requests: VecDeque<RecordedRequest>,
    bytes: usize,
    tries: HashMap<(Address, Place, usize), u32>,
}

impl Log {
    /// The newest requests are kept: so many, and so many bytes of bodies.
    pub(super) const KEPT_REQUESTS: usize = 1_000;
    pub(super) const KEPT_BYTES: usize = 16 << 20;

    pub(super) fn push(&mut self, request: RecordedRequest) {
        self.bytes += request.body.len();
        self.requests.push_back(request);
        while self.requests.len() > Self::KEPT_REQUESTS || (self.bytes > Self::KEPT_BYTES && self.requests.len() > 1) {
            let oldest = self.requests.pop_front();
            self.bytes -= oldest.map_or(0, |request| request.body.len());
        }
    }

    pub(super) fn requests(&self) -> impl Iterator<Item = &RecordedRequest> {
        self.requests.iter()
    }

    /// How often choice number `choice` was met at `place` before; counts this time.
    pub(super) fn tried(&mut self, address: Address, place: &Place, choice: usize) -> u32 {
        let count = self.tries.entry((address, place.clone(), choice)).or_default();
        *count = count.saturating_add(1);
        *count - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: &[u8]) -> RecordedRequest {
        let headers = [("authorization", "Bearer very-secret")];
        let headers = headers.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        RecordedRequest::new(
            Address { iteration: None, seed: 0 },
            headers.collect::<HeaderMap>(),
            Bytes::copy_from_slice(body),
        )
    }

    #[test]
    fn a_request_shows_its_body_and_hides_its_key() {
        let recorded = request(br#"{"a": 1}"#);
        assert_eq!(recorded.body()["a"], 1);
        assert_eq!(recorded.header("Authorization"), Some("Bearer very-secret"));
        assert!(!format!("{recorded:?}").contains("very-secret"));
        assert_eq!(request(b"{oops").body(), "{oops");
    }

    #[test]
    fn memory_is_bounded() {
        let mut log = Log::default();
        for _ in 0..=Log::KEPT_REQUESTS {
            log.push(request(b"1"));
        }
        assert_eq!(log.requests().count(), Log::KEPT_REQUESTS);
        log.push(request(&vec![b' '; Log::KEPT_BYTES + 1]));
        assert_eq!(log.requests().count(), 1);
        log.push(request(b"22"));
        assert_eq!((log.requests().count(), log.bytes), (1, 2));
    }
}
