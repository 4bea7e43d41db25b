use reqwest::{StatusCode, Url};

use super::upstream::SendFault;
use crate::provider::{
    Details, ProviderError, ProviderErrorKind as Kind, ReplyFault, connect_advice, is_html, root, shown, status_name,
};

/// Says what went wrong behind the tap, as the message of an iteration.
#[derive(Debug)]
pub(super) struct Failing {
    /// `provider/model`
    pub(super) label: String,
    pub(super) base_url: String,
    pub(super) url: Url,
}

impl Failing {
    pub(super) fn fault(&self, fault: SendFault) -> ProviderError {
        match fault {
            SendFault::Client(error) => error,
            SendFault::Transport(error) => self.transport(error),
        }
    }

    pub(super) fn transport(&self, error: reqwest::Error) -> ProviderError {
        let error = error.without_url();
        let (place, cause) = (self.place(), root(&error));
        let message = if error.is_connect() {
            let advice = connect_advice(&self.url, &cause)
                .unwrap_or_else(|| format!("is the server running, and the base URL {} right?", self.base_url));
            format!("cannot connect to {place}: {cause}; {advice}")
        } else {
            format!("the connection to {place} broke: {cause}")
        };
        self.error(Kind::Connection, message).with_source(error)
    }

    /// A status that says failure.
    pub(super) fn status(&self, status: StatusCode, body: &[u8]) -> ProviderError {
        let details = Details::of(body);
        let name = status_name(status);
        let message = match details.message() {
            Some(message) => format!("{name}: {message}"),
            None if body.is_empty() => name,
            None => format!("{name}: {}", shown(body)),
        };
        self.error(details.kind(status), message).with_status(status.as_u16())
    }

    /// A successful status, and no reply.
    pub(super) fn reply(&self, fault: ReplyFault, body: &[u8]) -> ProviderError {
        let message = match fault {
            ReplyFault::Error => {
                let status = Details::of(body).status().filter(|status| !status.is_success());
                return self.status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), body);
            }
            ReplyFault::Blocked(word) => {
                return self.error(Kind::ContentFilter, format!("the prompt was blocked ({word})"));
            }
            ReplyFault::Cut(word) => {
                return self.error(Kind::Server, format!("the provider broke off its reply ({word})"));
            }
            ReplyFault::Malformed(_) if is_html(body) => {
                format!("a web page instead of JSON: check the base URL {}: {}", self.base_url, shown(body))
            }
            ReplyFault::Empty(what) => format!("the reply has no {what}: {}", shown(body)),
            ReplyFault::Malformed(error) => format!("the reply cannot be read: {error}: {}", shown(body)),
        };
        self.error(Kind::MalformedReply, message)
    }

    /// A stream that stopped in the middle.
    pub(super) fn broken_off(&self) -> ProviderError {
        self.error(Kind::Connection, format!("{} ended the stream before the answer", self.place()))
    }

    pub(super) fn too_long(&self, limit: usize) -> ProviderError {
        self.error(Kind::NotAnApi, format!("the answer of {} is longer than {} MiB", self.place(), limit >> 20))
    }

    fn error(&self, kind: Kind, message: String) -> ProviderError {
        ProviderError::new(kind, format!("{}: {message}", self.label))
    }

    /// `host:port`.
    fn place(&self) -> String {
        let port = self.url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
        format!("{}{port}", self.url.host_str().unwrap_or_default())
    }
}

/// Whether the agent itself made `error`: a request that no provider would take. It counts against the agent.
pub(super) fn is_the_agents(error: &ProviderError) -> bool {
    use Kind::{ContentFilter, ContextLength, InvalidRequest, UnsupportedParameter};
    matches!(error.kind(), ContentFilter | ContextLength | InvalidRequest | UnsupportedParameter)
}
