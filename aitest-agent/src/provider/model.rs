use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use aitest_runtime::host::{Cost, TokenUsage};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{ProviderError, RequestOptions};

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
#[derive(Clone, Debug, Serialize)]
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
#[derive(Clone, Debug, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AssistantMessage {
    /// Its text; empty when it only calls tools.
    pub text: String,
    /// The tools that it asks for, in its order.
    pub tool_calls: Vec<ToolCallRequest>,
    /// What the model thought before it spoke, as far as the provider shows it.
    pub reasoning: Option<String>,
    /// The message as the provider sent it. Sent back verbatim in later requests, so that nothing that a provider
    /// wants to see again is lost.
    pub raw: Option<Box<RawValue>>,
    /// Who sent it. [`raw`](AssistantMessage::raw) goes back to this provider alone; another one gets the message
    /// written anew.
    pub provider: Option<String>,
}

impl AssistantMessage {
    /// A message of text alone.
    pub fn text(text: impl Into<String>) -> Self {
        AssistantMessage { text: text.into(), ..AssistantMessage::default() }
    }

    /// What `provider` gets verbatim.
    pub(crate) fn raw_for(&self, provider: &str) -> Option<&RawValue> {
        self.raw.as_deref().filter(|_| self.provider.as_deref() == Some(provider))
    }

    /// The message that also asks for `call`.
    #[must_use]
    pub fn with_tool_call(mut self, call: ToolCallRequest) -> Self {
        self.tool_calls.push(call);
        self
    }
}

/// A tool call that a model asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// A call that the provider could not read: its text goes back to the model as a failed call.
    pub(crate) fn unreadable(text: impl Into<String>) -> Self {
        ToolCallRequest::new(ToolCallRequest::own_id(0), UNREADABLE, text)
    }

    /// Names the tool of a call that the provider could not read: the longest name that its text holds.
    pub(crate) fn name_by(&mut self, tools: &[ToolDefinition]) {
        if self.tool == UNREADABLE {
            let held = tools.iter().map(|tool| tool.name.as_str()).filter(|name| self.arguments.contains(name));
            self.tool = held.max_by_key(|name| name.len()).unwrap_or(UNREADABLE).to_owned();
        }
    }

    /// An id for call number `place` of a message, where the provider gives none.
    pub(crate) fn own_id(place: usize) -> String {
        format!("{OWN_ID}{place}")
    }

    /// Whether the provider gave no id.
    pub(crate) fn is_own_id(id: &str) -> bool {
        id.starts_with(OWN_ID)
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

const OWN_ID: &str = "aitest_call_";
const UNREADABLE: &str = "malformed_call";

/// A model's reply with what the provider said about it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ChatReply {
    /// What the model said.
    pub message: AssistantMessage,
    /// Why it stopped, in the provider's word: `stop`, `end_turn`, `tool_calls`, `length`, `SAFETY`.
    pub finish_reason: Option<String>,
    /// Why the model refused, when it did.
    pub refusal: Option<String>,
    /// Tokens, as reported.
    pub usage: Option<TokenUsage>,
    /// What the reply cost, where the provider says so; else it is computed from the usage.
    pub cost: Option<Cost>,
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
