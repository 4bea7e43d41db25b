//! Who serves a model: endpoints, requests and their tries.
//!
//! A request goes `retry` → `exchange` (one HTTP request) → `wire` (its JSON) → `openai`, `anthropic` or `gemini`.

mod anthropic;
mod body;
mod breaker;
mod builder;
mod connected;
mod credential;
mod details;
mod endpoint_name;
mod error;
mod exchange;
mod failure;
mod finish;
mod gemini;
mod http;
mod limits;
mod model;
mod ollama;
mod openai;
mod opened;
mod options;
mod proxy;
mod rate_limits;
mod resolve;
mod retry;
mod retry_after;
#[cfg(feature = "testing")]
mod scripted;
mod shared_token;
#[cfg(test)]
mod shared_token_tests;
mod sign_in;
mod table;
mod target;
#[cfg(test)]
mod test_server;
mod tls;
mod token;
mod wire;

pub use builder::Provider;
pub use error::{ProviderError, ProviderErrorKind};
pub use model::{
    AssistantMessage, BoxFuture, ChatReply, ChatRequest, Image, Message, Model, ToolCallRequest, ToolDefinition,
};
pub use options::{ReasoningEffort, RequestOptions};

pub(crate) use connected::Connected;
#[cfg(feature = "cassette")]
pub(crate) use exchange::{Answer, REQUEST_IDS};
pub(crate) use finish::Finish;
pub use tls::install_crypto_provider;

#[cfg(feature = "mcp")]
pub(crate) use http::{client_builder, client_not_built};
pub(crate) use limits::Limits;
pub(crate) use retry::{Tries, chat};
