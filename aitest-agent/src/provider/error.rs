use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aitest_runtime::host;

/// Why a model did not answer. The message says what failed, on what, and what to do. Secrets are replaced in it.
#[derive(Clone, Debug)]
pub struct ProviderError {
    kind: ProviderErrorKind,
    message: String,
    status: Option<u16>,
    retry_after: Option<Duration>,
    request_id: Option<String>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What kind of failure a [`ProviderError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProviderErrorKind {
    /// The provider cannot be asked: unknown prefix, missing key, unreadable address.
    Configuration,
    /// The key was not accepted (401) or does not allow this (403).
    Authentication,
    /// The model or the address is unknown (404).
    NotFound,
    /// The model does not take a parameter that was sent.
    UnsupportedParameter,
    /// The request was refused for another reason.
    InvalidRequest,
    /// The conversation is longer than the model can read.
    ContextLength,
    /// The provider's content filter refused the request.
    ContentFilter,
    /// Too many requests (429).
    RateLimited,
    /// The account has no credit left.
    QuotaExceeded,
    /// The provider failed (5xx).
    Server,
    /// No connection, or it was cut.
    Connection,
    /// No answer in time.
    TimedOut,
    /// The answer is no chat completion, and comes from the wrong place: a web page.
    NotAnApi,
    /// The answer is no chat completion: broken JSON, no choices.
    MalformedReply,
    /// A cassette has no answer, or is no use.
    Cassette,
}

impl ProviderErrorKind {
    const NAMES: [(ProviderErrorKind, &str); 15] = [
        (ProviderErrorKind::Configuration, "configuration"),
        (ProviderErrorKind::Authentication, "authentication"),
        (ProviderErrorKind::NotFound, "not_found"),
        (ProviderErrorKind::UnsupportedParameter, "unsupported_parameter"),
        (ProviderErrorKind::InvalidRequest, "invalid_request"),
        (ProviderErrorKind::ContextLength, "context_length"),
        (ProviderErrorKind::ContentFilter, "content_filter"),
        (ProviderErrorKind::RateLimited, "rate_limited"),
        (ProviderErrorKind::QuotaExceeded, "quota_exceeded"),
        (ProviderErrorKind::Server, "server"),
        (ProviderErrorKind::Connection, "connection"),
        (ProviderErrorKind::TimedOut, "timed_out"),
        (ProviderErrorKind::NotAnApi, "not_an_api"),
        (ProviderErrorKind::MalformedReply, "malformed_reply"),
        (ProviderErrorKind::Cassette, "cassette"),
    ];

    /// The kind as files have it.
    pub(crate) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("other", |(_, name)| name)
    }

    /// The kind that is called `name`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// Whether another request may go better.
    pub fn is_transient(self) -> bool {
        use ProviderErrorKind::{Connection, MalformedReply, RateLimited, Server, TimedOut};
        matches!(self, RateLimited | Server | Connection | TimedOut | MalformedReply)
    }

    /// Whether no request to this endpoint can go better.
    pub(crate) fn is_permanent(self) -> bool {
        use ProviderErrorKind::{Authentication, NotFound, QuotaExceeded, UnsupportedParameter};
        matches!(self, Authentication | NotFound | UnsupportedParameter | QuotaExceeded)
    }
}

impl ProviderError {
    /// An error of `kind`. `message` is a lowercase fragment that says what failed, on what, and what to do.
    pub fn new(kind: ProviderErrorKind, message: impl AsRef<str>) -> Self {
        let message = host::redact(message.as_ref());
        ProviderError { kind, message, status: None, retry_after: None, request_id: None, source: None }
    }

    /// The error with the HTTP status that it came with.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The error with the pause that the provider asks for.
    #[must_use]
    pub fn with_retry_after(mut self, pause: Option<Duration>) -> Self {
        self.retry_after = pause;
        self
    }

    /// The error with the provider's id of the request.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }

    /// The error with its cause, whose text is not part of the message.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> ProviderErrorKind {
        self.kind
    }

    /// The HTTP status, when there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// The pause that the provider asks for before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The provider's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Whether another request may go better.
    pub fn is_transient(&self) -> bool {
        self.kind.is_transient()
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for ProviderError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
