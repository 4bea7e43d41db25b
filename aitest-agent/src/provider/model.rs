use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use aitest_runtime::host::TokenUsage;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::ProviderError;

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A model behind any client: what [`Provider::custom`](super::Provider::custom) takes.
///
/// One call of [`chat`](Model::chat) is one request. Tries, pauses and the record are the caller's: an implementation
/// reports what happened and does not send a request again by itself.
///
/// ```
/// use aitest_agent::{AssistantMessage, BoxFuture, ChatReply, ChatRequest, Model, ProviderError};
///
/// #[derive(Debug)]
/// struct Parrot;
///
/// impl Model for Parrot {
///     fn provider(&self) -> &str {
///         "zoo"
///     }
///     fn model(&self) -> &str {
///         "parrot"
///     }
///     fn chat<'a>(&'a self, _: &'a ChatRequest) -> BoxFuture<'a, Result<ChatReply, ProviderError>> {
///         Box::pin(async { Ok(ChatReply::new(AssistantMessage::text("hello"))) })
///     }
/// }
/// ```
pub trait Model: Send + Sync + fmt::Debug {
    /// Who serves it: `openai`, `azure`. First half of the agent's label and of the name that prices are looked up by.
    fn provider(&self) -> &str;

    /// The requested model.
    fn model(&self) -> &str;

    /// Sends one request.
    ///
    /// # Errors
    /// Whatever kept the model from answering.
    fn chat<'a>(&'a self, request: &'a ChatRequest) -> BoxFuture<'a, Result<ChatReply, ProviderError>>;

    /// Names the endpoint and the credentials. Limits hold for all models of the same name, and an error that no
    /// further request can cure is remembered for them, in all processes of the run.
    fn endpoint(&self) -> String {
        format!("{}/{}", self.provider(), self.model())
    }
}

/// One request: the conversation so far and the tools on offer.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ChatRequest {
    /// The conversation, oldest message first.
    pub messages: Vec<Message>,
    /// The tools on offer.
    pub tools: Vec<ToolDefinition>,
    /// The sampling temperature; `None` leaves it to the provider.
    pub temperature: Option<f64>,
    /// The most tokens of the answer; `None` leaves it to the provider.
    pub max_tokens: Option<u32>,
}

/// A tool as it is described to a model.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ToolDefinition {
    /// The name to call it by.
    pub name: String,
    /// What it does.
    pub description: String,
    /// The JSON Schema of its arguments.
    pub schema: Arc<Map<String, Value>>,
}

/// One message of a conversation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Message {
    /// The system prompt.
    System(String),
    /// The prompt.
    User(String),
    /// The model's answer to the messages before.
    Assistant(AssistantMessage),
    /// What a tool answered.
    ToolResult {
        /// The id of the call that asked for it.
        call_id: String,
        /// The tool.
        tool: String,
        /// The result, or why there is none.
        content: String,
        /// The images of the result.
        images: Vec<Image>,
        /// Whether the call failed.
        is_error: bool,
    },
}

/// An image of a tool's result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Image {
    /// `image/png`.
    pub mime_type: String,
    /// Its bytes in base64.
    pub base64: Arc<str>,
}

impl Image {
    /// An image of `base64` text.
    pub fn new(mime_type: impl Into<String>, base64: impl Into<Arc<str>>) -> Self {
        Image { mime_type: mime_type.into(), base64: base64.into() }
    }
}

/// What a model said.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct AssistantMessage {
    /// Its text; empty when it only calls tools.
    pub text: String,
    /// The tools that it asks for, in its order.
    pub tool_calls: Vec<ToolCallRequest>,
    /// The message as the provider sent it. Sent back verbatim in later requests, so that nothing that a provider
    /// wants to see again is lost.
    pub raw: Option<Box<RawValue>>,
}

impl AssistantMessage {
    /// A message of text alone.
    pub fn text(text: impl Into<String>) -> Self {
        AssistantMessage { text: text.into(), ..AssistantMessage::default() }
    }

    /// The message that also asks for `call`.
    #[must_use]
    pub fn with_tool_call(mut self, call: ToolCallRequest) -> Self {
        self.tool_calls.push(call);
        self
    }
}

/// A tool call that a model asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolCallRequest {
    /// The model's id for the call.
    pub id: String,
    /// The tool.
    pub tool: String,
    /// The arguments as the model wrote them: JSON text, malformed included.
    pub arguments: String,
}

impl ToolCallRequest {
    /// A call of `tool` with `arguments`, JSON text.
    pub fn new(id: impl Into<String>, tool: impl Into<String>, arguments: impl Into<String>) -> Self {
        ToolCallRequest { id: id.into(), tool: tool.into(), arguments: arguments.into() }
    }
}

/// A model's reply with what the provider said about it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ChatReply {
    /// What the model said.
    pub message: AssistantMessage,
    /// Why it stopped, in the provider's word: `stop`, `tool_calls`, `length`, `content_filter`.
    pub finish_reason: Option<String>,
    /// Why the model refused, when it did.
    pub refusal: Option<String>,
    /// Tokens, as reported.
    pub usage: Option<TokenUsage>,
    /// The model that was served.
    pub served_model: Option<String>,
    /// The provider's id of the request.
    pub request_id: Option<String>,
}

impl ChatReply {
    /// A reply of which nothing but the message is known.
    pub fn new(message: AssistantMessage) -> Self {
        ChatReply { message, ..ChatReply::default() }
    }
}
