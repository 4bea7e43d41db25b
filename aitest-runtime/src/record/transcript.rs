use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::TokenUsage;

/// Who an agent is, for the leaderboard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AgentIdentity {
    /// `Agent::named(..)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who serves the model: `openai`, `azure`, `scripted`.
    pub provider: String,
    /// The requested model.
    pub model: String,
    /// Whether the setting `model` named it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub follows_setting: bool,
    /// The name of its system prompt, if that is from a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The names of its skills.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
}

impl AgentIdentity {
    /// The name if there is one, else `provider/model` and the names of the system prompt and the skills.
    pub fn label(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let with = self.prompt.iter().chain(&self.skills).map(String::as_str).collect::<Vec<_>>();
        match with.is_empty() {
            true => self.model_name(),
            false => format!("{} with {}", self.model_name(), with.join(", ")),
        }
    }

    /// What prices are looked up by: `provider/model`, or the model alone when nobody knows who serves it.
    pub fn model_name(&self) -> String {
        match self.provider.as_str() {
            "" => self.model.clone(),
            provider => format!("{provider}/{}", self.model),
        }
    }
}

/// A tool that was offered to the model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ToolSpec {
    /// The server's name.
    pub server: String,
    /// The tool's name, as the model sees it.
    pub name: String,
    /// The tool's description.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The JSON Schema of its arguments, as JSON text.
    pub schema: String,
}

/// Who said a [`Turn`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The system prompt.
    System,
    /// The prompt.
    User,
    /// The model: text, tool calls, or both.
    Assistant,
    /// aitest or the test: what happened between the turns.
    Note,
}

/// One entry of a transcript. Tool results stand in the call that asked for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Who said it.
    pub role: Role,
    /// What was said; empty for a turn that only calls tools.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What the model thought before it spoke, as far as the provider shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// How long the model took, in milliseconds; 0 for other roles.
    #[serde(default)]
    pub ms: u64,
    /// The tools that the model asked for, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ToolCall>,
    /// Tokens of this turn, when the provider reported them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<TokenUsage>,
    /// Why the model stopped, in the provider's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// The model that the provider says it served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served_model: Option<String>,
}

impl Turn {
    /// A turn of `role` with text alone.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Turn {
            role,
            text: text.into(),
            reasoning: None,
            ms: 0,
            calls: Vec::new(),
            usage: None,
            finish_reason: None,
            served_model: None,
        }
    }
}

/// One call of a tool with its result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The model's id for the call.
    pub id: String,
    /// The server that has the tool; `None` for a tool that no server has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The tool's name.
    pub tool: String,
    /// The arguments as the model wrote them: JSON text, malformed included.
    pub arguments: String,
    /// The result's text; `None` when the call failed or never ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Why the call failed, as the model was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long the call took, in milliseconds.
    #[serde(default)]
    pub ms: u64,
    /// The images of the result.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<ToolImage>,
    /// What was cut out of `result`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub omitted: Option<Omitted>,
}

/// An image that a tool returned. Its bytes are in the run's `blobs/<blob>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolImage {
    /// `image/png`.
    pub mime_type: String,
    /// Its size; `None` when what the server sent could not be decoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The name of its file, SHA-256 in hexadecimal digits; `None` when it was too large to be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// The bytes, until they are written.
    #[serde(skip)]
    pub data: Option<Arc<[u8]>>,
}

impl ToolImage {
    /// An image of `data`; `None` when it could not be decoded.
    pub fn new(mime_type: impl Into<String>, data: Option<Vec<u8>>) -> Self {
        let bytes = data.as_ref().map(|data| data.len() as u64);
        ToolImage { mime_type: mime_type.into(), bytes, blob: None, data: data.map(Into::into) }
    }
}

/// What was cut out of a long text. The full text is in the run's `blobs/<sha256>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omitted {
    /// Bytes that are not shown.
    pub bytes: u64,
    /// SHA-256 of the full text, in hexadecimal digits.
    pub sha256: String,
}
