//! Who serves a model: endpoints, requests and their tries.

mod breaker;
mod builder;
mod credential;
mod error;
mod http;
mod model;
mod openai;
mod proxy;
mod resolve;
mod retry;
mod retry_after;
#[cfg(feature = "testing")]
mod scripted;
mod shared_token;
#[cfg(test)]
mod shared_token_tests;
mod sign_in;
#[cfg(test)]
mod test_server;
mod tls;
mod token;

pub use builder::Provider;
pub use error::{ProviderError, ProviderErrorKind};
pub use model::{
    AssistantMessage, BoxFuture, ChatReply, ChatRequest, Image, Message, Model, ToolCallRequest, ToolDefinition,
};

pub use tls::install_crypto_provider;

#[cfg(feature = "mcp")]
pub(crate) use http::{client_builder, client_not_built};
pub(crate) use retry::{Tries, chat};
