//! Who serves a model: endpoints, requests and their tries.
//!
//! A request goes `retry` → `exchange` (one HTTP request) → `wire` (its JSON) → `openai`, `anthropic` or `gemini`.

mod anthropic;
#[cfg(feature = "tap")]
mod asked;
#[cfg(feature = "agent")]
mod body;
mod breaker;
#[cfg(feature = "agent")]
mod builder;
#[cfg(feature = "agent")]
mod clients;
#[cfg(feature = "agent")]
mod connected;
#[cfg(feature = "agent")]
mod credential;
mod details;
mod endpoint_name;
mod environment;
mod error;
#[cfg(feature = "agent")]
mod exchange;
#[cfg(feature = "agent")]
mod failure;
#[cfg(feature = "agent")]
mod finish;
#[cfg(feature = "tap")]
mod format;
mod gemini;
mod home;
mod http;
#[cfg(feature = "tap")]
mod io_client;
mod limits;
#[cfg(feature = "agent")]
mod model;
#[cfg(feature = "agent")]
mod ollama;
mod openai;
mod opened;
#[cfg(feature = "agent")]
mod options;
mod proxy;
#[cfg(feature = "agent")]
mod rate_limits;
mod reply;
#[cfg(feature = "agent")]
mod request;
#[cfg(feature = "agent")]
mod resolve;
#[cfg(feature = "agent")]
mod retry;
#[cfg(feature = "agent")]
mod retry_after;
mod said;
#[cfg(all(feature = "agent", feature = "testing"))]
mod scripted;
#[cfg(feature = "agent")]
mod setting;
#[cfg(feature = "agent")]
mod shared_token;
#[cfg(test)]
#[cfg(feature = "agent")]
mod shared_token_tests;
#[cfg(feature = "agent")]
mod sign_in;
#[cfg(feature = "agent")]
mod table;
#[cfg(feature = "agent")]
mod target;
#[cfg(test)]
#[cfg(feature = "agent")]
mod test_server;
mod tls;
#[cfg(feature = "agent")]
mod token;
mod wire;

#[cfg(feature = "agent")]
pub use builder::Provider;
pub use error::{ProviderError, ProviderErrorKind};
#[cfg(feature = "agent")]
pub use model::{BoxFuture, ChatRequest, Image, Message, Model, ToolDefinition};
#[cfg(feature = "agent")]
pub use options::{ReasoningEffort, RequestOptions};
pub use reply::{AssistantMessage, ChatReply, ToolCallRequest};
pub use tls::install_crypto_provider;
pub use wire::Wire;

#[cfg(feature = "agent")]
pub(crate) use connected::Connected;
#[cfg(feature = "cassette")]
pub(crate) use exchange::{Answer, REQUEST_IDS};
#[cfg(feature = "agent")]
pub(crate) use finish::Finish;
#[cfg(feature = "mcp")]
pub(crate) use http::{client_builder, client_not_built};
pub(crate) use limits::Limits;
#[cfg(feature = "agent")]
pub(crate) use retry::{Tries, chat};
#[cfg(feature = "tap")]
pub(crate) use {
    asked::{Asked, Said},
    breaker::Breaker,
    details::Details,
    endpoint_name::without_iteration,
    environment::{environment, first},
    format::{Assembly, Format},
    home::{is_version, with_version},
    http::connect_advice,
    io_client::io_client,
    limits::{Limiter, Pass, estimate},
    said::{is_html, root, shown, status_name},
    wire::ReplyFault,
};
