use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::reply::UNREADABLE;
use super::{AssistantMessage, ChatReply, ProviderError, RequestOptions, ToolCallRequest};

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
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct ChatRequest {
    /// The conversation, oldest message first.
    pub messages: Vec<Message>,
    /// The tools on offer.
    pub tools: Vec<ToolDefinition>,
    /// What is asked of the model beside.
    pub options: RequestOptions,
}

impl ChatRequest {
    /// Whether a tool's result holds images.
    pub(crate) fn has_images(&self) -> bool {
        let sent = self.options.images != Some(false);
        sent && self
            .messages
            .iter()
            .any(|message| matches!(message, Message::ToolResult { images, .. } if !images.is_empty()))
    }

    /// The system prompt; several are one, a blank line between them.
    pub(crate) fn system(&self) -> Option<String> {
        let texts = self.messages.iter().filter_map(|message| match message {
            Message::System(text) => Some(text.as_str()),
            _ => None,
        });
        let text = texts.collect::<Vec<_>>().join("\n\n");
        (!text.is_empty()).then_some(text)
    }
}

/// A tool as it is described to a model.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl AssistantMessage {
    /// What `provider` gets verbatim.
    pub(crate) fn raw_for(&self, provider: &str) -> Option<&RawValue> {
        self.raw.as_deref().filter(|_| self.provider.as_deref() == Some(provider))
    }
}

impl ToolCallRequest {
    /// Names the tool of a call that the provider could not read: the longest name that its text holds.
    pub(crate) fn name_by(&mut self, tools: &[ToolDefinition]) {
        if self.tool == UNREADABLE {
            let held = tools.iter().map(|tool| tool.name.as_str()).filter(|name| self.arguments.contains(name));
            self.tool = held.max_by_key(|name| name.len()).unwrap_or(UNREADABLE).to_owned();
        }
    }

    /// The arguments as JSON, or as an object that holds their text: providers take nothing else.
    pub(crate) fn arguments_object(&self) -> Value {
        match serde_json::from_str(&self.arguments) {
            Ok(Value::Object(arguments)) => Value::Object(arguments),
            _ if self.arguments.trim().is_empty() => Value::Object(Map::new()),
            _ => Value::Object(Map::from_iter([("malformed".to_owned(), self.arguments.as_str().into())])),
        }
    }
}
