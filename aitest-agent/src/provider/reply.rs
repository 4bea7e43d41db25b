use aitest_runtime::host::{Cost, TokenUsage};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

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

    /// An id for call number `place` of a message, where the provider gives none.
    pub(crate) fn own_id(place: usize) -> String {
        format!("{OWN_ID}{place}")
    }

    /// Whether the provider gave no id.
    pub(crate) fn is_own_id(id: &str) -> bool {
        id.starts_with(OWN_ID)
    }
}

const OWN_ID: &str = "aitest_call_";
pub(super) const UNREADABLE: &str = "malformed_call";

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
