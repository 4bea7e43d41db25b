use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::Word;
use super::wire_stats::is_zero;
use crate::record::{Omitted, Role, TokenUsage, ToolImage};

/// One entry of a transcript.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Turn<'a> {
    /// Who said it.
    pub role: Word<Role>,
    /// What was said.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub text: Text<'a>,
    /// What the model thought before it spoke, as far as the provider shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Cow<'a, str>>,
    /// How long the model took; 0 for other roles.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub ms: u64,
    /// The tools that the model asked for, with their results.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call<'a>>,
    /// Tokens of this turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<TokenUsage>,
    /// Why the model stopped, in the provider's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<Cow<'a, str>>,
    /// The model that the provider says it served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served_model: Option<Cow<'a, str>>,
}

/// A text, or where it stands in [`Results::strings`](super::Results::strings).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text<'a> {
    /// The text.
    Inline(Cow<'a, str>),
    /// Its index.
    Shared {
        /// From 0.
        str: usize,
    },
}

impl Default for Text<'_> {
    fn default() -> Self {
        Text::Inline(Cow::Borrowed(""))
    }
}

impl Text<'_> {
    /// Whether it is the empty text.
    pub fn is_empty(&self) -> bool {
        matches!(self, Text::Inline(text) if text.is_empty())
    }
}

/// One call of a tool with its result.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call<'a> {
    /// The model's id for it.
    #[serde(default)]
    pub id: Cow<'a, str>,
    /// The server that has the tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<Cow<'a, str>>,
    /// The tool.
    pub tool: Cow<'a, str>,
    /// The arguments.
    #[serde(default)]
    pub args: Arguments<'a>,
    /// The result's text; absent when the call failed or never ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Cow<'a, str>>,
    /// Why the call failed, as the model was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Cow<'a, str>>,
    /// How long it took.
    #[serde(default)]
    pub ms: u64,
    /// The images of the result: type, size, and file in the run's `blobs`.
    #[serde(default, skip_serializing_if = "<[ToolImage]>::is_empty")]
    pub images: Cow<'a, [ToolImage]>,
    /// What was cut out of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub omitted: Option<Cow<'a, Omitted>>,
}

/// Arguments of a tool call: a JSON value where the model wrote one, else a string of what it wrote.
#[derive(Clone, Debug)]
pub enum Arguments<'a> {
    /// A JSON value other than a string, as the model wrote it.
    Json(Cow<'a, RawValue>),
    /// Anything else.
    Text(Cow<'a, str>),
}

impl Default for Arguments<'_> {
    fn default() -> Self {
        Arguments::Text(Cow::Borrowed(""))
    }
}

impl<'a> From<&'a str> for Arguments<'a> {
    fn from(written: &'a str) -> Self {
        match serde_json::from_str::<&RawValue>(written) {
            Ok(value) if !value.get().starts_with('"') => Arguments::Json(Cow::Borrowed(value)),
            _ => Arguments::Text(Cow::Borrowed(written)),
        }
    }
}

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Arguments::Json(value) => value.serialize(serializer),
            Arguments::Text(text) => text.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Arguments<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Box::<RawValue>::deserialize(deserializer)?;
        match serde_json::from_str::<String>(value.get()) {
            Ok(text) => Ok(Arguments::Text(Cow::Owned(text))),
            Err(_) => Ok(Arguments::Json(Cow::Owned(value))),
        }
    }
}
