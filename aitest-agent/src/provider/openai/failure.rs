use std::error::Error as StdError;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::reply::ReplyFault;
use crate::provider::http::connect_advice;
use crate::provider::resolve::Endpoint;
use crate::provider::{ProviderError, ProviderErrorKind as Kind};

/// How much of an unexpected body is shown, in characters.
const SHOWN: usize = 200;

/// Says what went wrong at an endpoint.
pub(crate) struct Failure<'a> {
    pub(crate) endpoint: &'a Endpoint,
}

impl Failure<'_> {
    pub(crate) fn not_sendable(&self, error: serde_json::Error) -> ProviderError {
        self.error(Kind::InvalidRequest, format!("the request cannot be written as JSON: {error}")).with_source(error)
    }

    pub(crate) fn transport(&self, error: reqwest::Error, limit: Duration) -> ProviderError {
        let error = error.without_url();
        let place = self.place();
        let (kind, message) = match &error {
            error if error.is_connect() => {
                let cause = root(error);
                let hint = connect_advice(&self.endpoint.url, &cause).unwrap_or_else(|| {
                    format!("is the server running, and the base URL {} right?", self.endpoint.base_url)
                });
                (Kind::Connection, format!("cannot connect to {place}: {cause}; {hint}"))
            }
            error if error.is_timeout() => {
                (Kind::TimedOut, format!("no answer from {place} within {} s", limit.as_secs_f64()))
            }
            error => (Kind::Connection, format!("the connection to {place} broke: {}", root(error))),
        };
        self.error(kind, message).with_source(error)
    }

    /// A successful status, and no reply.
    pub(crate) fn reply(&self, fault: ReplyFault, body: &[u8]) -> ProviderError {
        match fault {
            ReplyFault::Error => {
                let code = Details::of(body).code.and_then(|code| code.parse::<u16>().ok());
                let status = code.and_then(|code| StatusCode::from_u16(code).ok()).filter(|code| !code.is_success());
                self.status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), None, body)
            }
            ReplyFault::NoChoices => {
                self.error(Kind::MalformedReply, format!("the reply has no choices: {}", shown(body)))
            }
            ReplyFault::Malformed(_) if is_html(body) => self.html("", body),
            ReplyFault::Malformed(error) => {
                let message = format!("the reply is not a chat completion: {error}: {}", shown(body));
                self.error(Kind::MalformedReply, message).with_source(error)
            }
        }
    }

    /// A status that says failure.
    pub(crate) fn status(&self, status: StatusCode, location: Option<&str>, body: &[u8]) -> ProviderError {
        let details = Details::of(body);
        let kind = details.kind(status);
        let said = match &details.message {
            Some(message) => format!("{status}: {message}"),
            None if is_html(body) && !status.is_server_error() => {
                return self.html(&format!("{status}, "), body).with_status(status.as_u16());
            }
            None if body.is_empty() => status.to_string(),
            None => format!("{status}: {}", shown(body)),
        };
        let credential = &self.endpoint.credential;
        let advice = match (kind, credential.origin()) {
            _ if status.is_redirection() => {
                format!("; it redirects to {}: use that as the base URL", location.unwrap_or("nowhere"))
            }
            (Kind::Authentication, _) => format!("; {}", credential.advice()),
            (Kind::QuotaExceeded, Some(origin)) => format!("; the account of {origin} has no credit"),
            (Kind::NotFound, _) => {
                format!(
                    "; check the model's name `{}` and the base URL {}",
                    self.endpoint.model, self.endpoint.base_url
                )
            }
            _ => String::new(),
        };
        self.error(kind, format!("{said}{advice}")).with_status(status.as_u16())
    }

    fn html(&self, status: &str, body: &[u8]) -> ProviderError {
        let message = format!(
            "{status}a web page instead of JSON from {}: check the base URL {}: {}",
            self.place(),
            self.endpoint.base_url,
            shown(body)
        );
        self.error(Kind::NotAnApi, message)
    }

    fn error(&self, kind: Kind, message: String) -> ProviderError {
        ProviderError::new(kind, format!("{}: {message}", self.endpoint.label()))
    }

    /// `host:port`.
    fn place(&self) -> String {
        let url = &self.endpoint.url;
        let port = url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
        format!("{}{port}", url.host_str().unwrap_or_default())
    }
}

/// What an error body says, in the shapes that servers use.
#[derive(Default)]
struct Details {
    message: Option<String>,
    code: Option<String>,
}

impl Details {
    fn of(body: &[u8]) -> Self {
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return Details::default() };
        let error = match body.get(0).unwrap_or(&body) {
            body if body.get("error").is_some_and(|error| !error.is_null()) => &body["error"],
            body => body,
        };
        let message = error.as_str().or_else(|| ["message", "detail"].iter().find_map(|key| error.get(key)?.as_str()));
        let code = ["code", "type"].iter().find_map(|key| match error.get(key)? {
            Value::String(code) => Some(code.clone()),
            Value::Number(code) => Some(code.to_string()),
            _ => None,
        });
        Details { message: message.map(|message| cut(message, 1000)), code }
    }

    fn kind(&self, status: StatusCode) -> Kind {
        let code = self.code.as_deref().unwrap_or_default();
        let said = self.message.as_deref().unwrap_or_default().to_ascii_lowercase();
        match status.as_u16() {
            _ if code == "insufficient_quota" => Kind::QuotaExceeded,
            401 | 403 => Kind::Authentication,
            404 => Kind::NotFound,
            402 => Kind::QuotaExceeded,
            408 => Kind::TimedOut,
            429 => Kind::RateLimited,
            400..=499 if code == "model_not_found" => Kind::NotFound,
            400..=499 if code == "context_length_exceeded" || said.contains("maximum context length") => {
                Kind::ContextLength
            }
            400..=499 if code == "content_filter" || code == "content_policy_violation" => Kind::ContentFilter,
            400..=499 if code.starts_with("unsupported_") || said.starts_with("unsupported parameter") => {
                Kind::UnsupportedParameter
            }
            500.. => Kind::Server,
            _ => Kind::InvalidRequest,
        }
    }
}

fn is_html(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(100)]).trim_start().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

fn shown(body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok("") => "(nothing)".to_owned(),
        Ok(text) => cut(text.trim(), SHOWN),
        Err(_) => cut(&String::from_utf8_lossy(body), SHOWN),
    }
}

fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The innermost cause: `Connection refused (os error 111)`.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn StdError = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
