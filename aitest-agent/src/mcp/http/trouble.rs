use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{StatusCode, Url};
use rmcp::transport::streamable_http_client::StreamableHttpError;

use crate::mcp::{McpError, McpErrorKind};
use crate::text::start_of;

/// Characters of a reply in a message.
const SHOWN: usize = 200;

/// What last went wrong with a server's address. The protocol's client tells its caller less than HTTP told it.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    /// The address without what may be secret in it.
    address: Arc<str>,
    /// The headers that are sent, for messages.
    headers: Arc<[String]>,
    /// What to try instead when there is no endpoint.
    elsewhere: &'static str,
    last: Arc<Mutex<Option<McpError>>>,
}

/// A redirect that is not followed.
#[derive(Debug)]
pub(crate) struct Redirected {
    pub(crate) to: Url,
}

impl fmt::Display for Redirected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "redirects to {}, where no credentials are sent: if it is the right server, use its address",
            shown(&self.to)
        )
    }
}

impl StdError for Redirected {}

/// `url` without user, password, query and fragment.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

impl Trouble {
    pub(crate) fn new(url: &Url, headers: Vec<String>, elsewhere: &'static str) -> Self {
        Trouble { address: shown(url).into(), headers: headers.into(), elsewhere, last: Arc::default() }
    }

    /// What went wrong last, if anything did.
    pub(crate) fn last(&self) -> Option<McpError> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers the error of `result`.
    pub(crate) fn watch<T>(
        &self,
        result: Result<T, StreamableHttpError<reqwest::Error>>,
    ) -> Result<T, StreamableHttpError<reqwest::Error>> {
        if let Err(error) = &result
            && let Some(error) = self.of_client(error)
        {
            self.set(error);
        }
        result
    }

    /// Remembers `error`, and gives it back.
    pub(crate) fn set(&self, error: McpError) -> McpError {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
        error
    }

    /// `None` for what a server need not support.
    fn of_client(&self, error: &StreamableHttpError<reqwest::Error>) -> Option<McpError> {
        Some(match error {
            StreamableHttpError::ServerDoesNotSupportSse | StreamableHttpError::ServerDoesNotSupportDeleteSession => {
                return None;
            }
            StreamableHttpError::Client(error) => self.of_request(error),
            StreamableHttpError::AuthRequired(_) => self.of_status(StatusCode::UNAUTHORIZED, ""),
            StreamableHttpError::InsufficientScope(_) => self.of_status(StatusCode::FORBIDDEN, ""),
            StreamableHttpError::HttpStatus(error) => match StatusCode::from_u16(error.status) {
                Ok(status) => self.of_status(status, ""),
                Err(_) => self.protocol(error.to_string()),
            },
            StreamableHttpError::UnexpectedServerResponse(text) => match status_and_body(text) {
                Some((status, body)) => self.of_status(status, body),
                None => self.protocol(text.to_string()),
            },
            StreamableHttpError::UnexpectedContentType(kind) => {
                let kind = kind.as_deref().unwrap_or("without a content type");
                self.protocol(format!("answered with {kind}, which is not MCP: {}", self.elsewhere))
            }
            error => self.protocol(error.to_string()),
        })
    }

    /// A request without a reply, or with one that is an error of its own.
    pub(crate) fn of_request(&self, error: &reqwest::Error) -> McpError {
        if let Some(status) = error.status() {
            return self.of_status(status, "");
        }
        let mut cause: &dyn StdError = error;
        while let Some(deeper) = cause.source() {
            if let Some(redirected) = deeper.downcast_ref::<Redirected>() {
                return self.protocol(redirected.to_string());
            }
            cause = deeper;
        }
        let what = if error.is_connect() { "cannot be reached" } else { "did not answer" };
        McpError::new(McpErrorKind::Unreachable, format!("{} {what}: {cause}", self.address))
    }

    /// A reply that is no success.
    pub(crate) fn of_status(&self, status: StatusCode, body: &str) -> McpError {
        let body = start_of(body.trim(), SHOWN);
        let said = if body.is_empty() { String::new() } else { format!(": {body}") };
        let (kind, remedy) = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => (McpErrorKind::Unauthorized, self.credentials()),
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                (McpErrorKind::Protocol, format!("no MCP endpoint is there: {}", self.elsewhere))
            }
            StatusCode::TOO_MANY_REQUESTS => (McpErrorKind::Unreachable, String::new()),
            status if status.is_server_error() => (McpErrorKind::Unreachable, String::new()),
            _ => (McpErrorKind::Protocol, String::new()),
        };
        let remedy = if remedy.is_empty() { remedy } else { format!("; {remedy}") };
        McpError::new(kind, format!("{} answered {status}{said}{remedy}", self.address))
    }

    fn credentials(&self) -> String {
        match self.headers.is_empty() {
            true => "no headers are sent: add `.header(\"authorization\", \"Bearer ${TOKEN}\")`".to_owned(),
            false => format!("check what is sent: {}", self.headers.join(", ")),
        }
    }

    fn protocol(&self, what: String) -> McpError {
        McpError::new(McpErrorKind::Protocol, format!("{} {what}", self.address))
    }
}

/// Reads rmcp's `HTTP 404 Not Found: body`.
fn status_and_body(text: &str) -> Option<(StatusCode, &str)> {
    let rest = text.strip_prefix("HTTP ")?;
    let status = rest.get(..3)?.parse::<u16>().ok()?;
    let body = rest.split_once(": ").map_or("", |(_, body)| body);
    Some((StatusCode::from_u16(status).ok()?, body))
}
