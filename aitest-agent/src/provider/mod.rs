//! Who serves a model: endpoints, requests and their tries.

mod breaker;
mod builder;
mod endpoint_name;
mod error;
mod http;
mod limits;
mod model;
mod openai;
mod opened;
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

pub(crate) use limits::Limits;
pub(crate) use retry::{Tries, chat};
