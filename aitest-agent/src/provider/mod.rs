//! Who serves a model: endpoints, requests and their tries.

mod breaker;
mod builder;
mod error;
mod http;
mod model;
mod openai;
mod resolve;
mod retry;
mod retry_after;
#[cfg(feature = "testing")]
mod scripted;

pub use builder::Provider;
pub use error::{ProviderError, ProviderErrorKind};
pub use model::{
    AssistantMessage, BoxFuture, ChatReply, ChatRequest, Image, Message, Model, ToolCallRequest, ToolDefinition,
};

#[cfg(feature = "mcp")]
pub(crate) use http::{client_builder, client_not_built};
pub(crate) use retry::{Tries, chat};
