use std::time::Duration;

use reqwest::StatusCode;

use super::credential::Credential;
use super::details::Details;
use super::http::connect_advice;
use super::resolve::Endpoint;
use super::said::{is_html, root, shown, status_name};
use super::wire::ReplyFault;
use super::{ChatRequest, ProviderError, ProviderErrorKind as Kind};

/// Says what went wrong at an endpoint.
pub(crate) struct Failure<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) request: &'a ChatRequest,
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

    pub(crate) fn too_long(&self, limit: usize) -> ProviderError {
        let message = format!(
            "the answer of {} is longer than {} MiB and was cut; check the base URL {}",
            self.place(),
            limit >> 20,
            self.endpoint.base_url
        );
        self.error(Kind::NotAnApi, message)
    }

    /// A successful status, and no reply.
    pub(crate) fn reply(&self, fault: ReplyFault, body: &[u8]) -> ProviderError {
        match fault {
            ReplyFault::Error => {
                let status = Details::of(body).status().filter(|status| !status.is_success());
                self.status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), None, body)
            }
            ReplyFault::Empty(what) => {
                self.error(Kind::MalformedReply, format!("the reply has no {what}: {}", shown(body)))
            }
            ReplyFault::Blocked(word) => self
                .error(Kind::ContentFilter, format!("the prompt was blocked ({word}); change what the agent is told")),
            ReplyFault::Cut(word) => self.error(Kind::Server, format!("the provider broke off its reply ({word})")),
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
        let status_name = status_name(status);
        let said = match details.message() {
            Some(message) => format!("{status_name}: {message}"),
            None if is_html(body) && !status.is_server_error() => {
                return self.html(&format!("{status_name}, "), body).with_status(status.as_u16());
            }
            None if body.is_empty() => status_name,
            None => format!("{status_name}: {}", shown(body)),
        };
        let advice = match status.is_redirection() {
            true => format!("; it redirects to {}: use that as the base URL", location.unwrap_or("nowhere")),
            false => self.advice(kind),
        };
        self.error(kind, format!("{said}{advice}")).with_status(status.as_u16())
    }

    /// What to do about a failure, as the end of its message.
    fn advice(&self, kind: Kind) -> String {
        let (model, base_url) = (&self.endpoint.model, &self.endpoint.base_url);
        let credential = &self.endpoint.credential;
        match (kind, credential.origin()) {
            (Kind::Authentication, _) => format!("; {}", credential.advice()),
            (Kind::QuotaExceeded, Some(origin)) => {
                let what =
                    if matches!(credential, Credential::Key(_) | Credential::Missing(_)) { "the key in " } else { "" };
                format!("; the account of {what}{origin} has no credit or quota left")
            }
            (Kind::NotFound, _) if self.endpoint.provider == "ollama" => {
                format!("; is it there? `ollama pull {model}` fetches it")
            }
            (Kind::NotFound, _) => format!("; check the model's name `{model}` and the base URL {base_url}"),
            (Kind::UnsupportedParameter, _) => {
                "; leave that option of the `Provider` out, or choose another model".to_owned()
            }
            (Kind::ContextLength, _) => "; shorten the prompt, the tools' results or their number".to_owned(),
            (Kind::InvalidRequest, _) if self.request.has_images() => {
                "; the request held images of a tool's result: `Provider::images(false)` leaves them out for a model \
                 that sees none"
                    .to_owned()
            }
            _ => String::new(),
        }
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
