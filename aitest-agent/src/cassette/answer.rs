use std::collections::BTreeMap;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::keep::Kept;
use crate::provider::{Answer, ProviderError, ProviderErrorKind, REQUEST_IDS};

/// Headers that are kept beside the ids of requests: those that a reply is read by.
const HEADERS: [&str; 3] = ["content-type", "location", "retry-after"];

/// One try's answer, or why there was none.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recorded {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Kept>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<Fault>,
}

/// An error without an answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    pub(super) kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    pub(super) message: String,
    /// Whether another attempt may go better, of a tool server.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) transient: bool,
}

impl Recorded {
    pub(super) fn answer(answer: &Answer) -> Self {
        Recorded::with_body(answer, Kept::of(&answer.body))
    }

    pub(super) fn with_body(answer: &Answer, body: Kept) -> Self {
        let kept = HEADERS.iter().chain(&REQUEST_IDS).filter_map(|name| {
            let value = answer.headers.get(*name)?.to_str().ok()?;
            Some(((*name).to_owned(), aitest_runtime::host::redact(value)))
        });
        Recorded { status: Some(answer.status.as_u16()), headers: kept.collect(), body: Some(body), fault: None }
    }

    /// An answer of something that has no HTTP.
    pub(super) fn body(bytes: &[u8]) -> Self {
        Recorded { status: None, headers: BTreeMap::new(), body: Some(Kept::of(bytes)), fault: None }
    }

    pub(super) fn fault(error: &ProviderError) -> Self {
        let (kind, status, message) = (error.kind().name().to_owned(), error.status(), error.to_string());
        Recorded::of_fault(Fault { kind, status, message, transient: false })
    }

    pub(super) fn of_fault(fault: Fault) -> Self {
        Recorded { status: None, headers: BTreeMap::new(), body: None, fault: Some(fault) }
    }

    /// Whether the infrastructure failed: `auto` asks again.
    pub(super) fn is_failure(&self) -> bool {
        self.fault.is_some() || self.status.is_some_and(|status| matches!(status, 401 | 403 | 408 | 429 | 500..))
    }

    /// The HTTP answer, or the error.
    ///
    /// # Errors
    /// What is wrong with the recording.
    pub(super) fn replay(&self) -> Result<Result<Answer, ProviderError>, String> {
        if let Some(fault) = &self.fault {
            return fault.error().map(Err);
        }
        let status = self.status.ok_or("an answer has a `status` or a `fault`")?;
        let status = StatusCode::from_u16(status).map_err(|_| format!("`{status}` is no HTTP status"))?;
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::try_from(name).map_err(|_| format!("`{name}` is no name of a header"))?;
            let value =
                HeaderValue::try_from(value).map_err(|_| format!("the value of `{name}` cannot be a header's"))?;
            headers.insert(name, value);
        }
        Ok(Ok(Answer { status, headers, body: self.bytes()? }))
    }

    /// The body of something that has no HTTP, or the error.
    ///
    /// # Errors
    /// What is wrong with the recording.
    pub(super) fn replay_body(&self) -> Result<Result<Vec<u8>, ProviderError>, String> {
        match &self.fault {
            Some(fault) => fault.error().map(Err),
            None => self.bytes().map(Ok),
        }
    }

    pub(super) fn bytes(&self) -> Result<Vec<u8>, String> {
        self.body.as_ref().ok_or("an answer has a `body` or a `fault`")?.bytes()
    }
}

impl Fault {
    fn error(&self) -> Result<ProviderError, String> {
        let kind =
            ProviderErrorKind::named(&self.kind).ok_or_else(|| format!("`{}` is no kind of fault", self.kind))?;
        let error = ProviderError::new(kind, &self.message);
        Ok(match self.status {
            Some(status) => error.with_status(status),
            None => error,
        })
    }
}
