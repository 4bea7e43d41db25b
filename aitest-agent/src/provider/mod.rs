//! Who serves a model: endpoints, requests and their tries.
//!
//! A request goes `retry` → `exchange` (one HTTP request) → `wire` (its JSON) → `openai`, `anthropic` or `gemini`.

mod anthropic;
mod body;
mod breaker;
mod builder;
mod details;
mod error;
mod exchange;
mod failure;
mod finish;
mod gemini;
mod http;
mod model;
mod ollama;
mod openai;
mod options;
mod rate_limits;
mod resolve;
mod retry;
mod retry_after;
#[cfg(feature = "testing")]
mod scripted;
mod table;
mod target;
mod wire;

pub use builder::Provider;
pub use error::{ProviderError, ProviderErrorKind};
pub use model::{
    AssistantMessage, BoxFuture, ChatReply, ChatRequest, Image, Message, Model, ToolCallRequest, ToolDefinition,
};
pub use options::{ReasoningEffort, RequestOptions};

pub(crate) use finish::Finish;
pub(crate) use retry::{Tries, chat};
