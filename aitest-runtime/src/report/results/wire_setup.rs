use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Text;

/// What an agent was given, by fingerprint. Two runs with the same `id` were given the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup<'a> {
    /// 16 hexadecimal digits: what tests refer to.
    pub id: Cow<'a, str>,
    /// Who serves the model.
    #[serde(default)]
    pub provider: Cow<'a, str>,
    /// The requested model.
    #[serde(default)]
    pub model: Cow<'a, str>,
    /// The system prompt as it was sent; absent without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<Part<'a>>,
    /// The skills, in the order in which they were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<Part<'a>>,
    /// The tools of each server: the text is a JSON list of `name`, `description`, `schema`, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Part<'a>>,
    /// What else was asked for: `temperature`, `max_turns`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: Cow<'a, BTreeMap<String, String>>,
}

/// A text and its fingerprint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part<'a> {
    /// The name of the skill or server; empty of a system prompt.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub name: Cow<'a, str>,
    /// SHA-256 of the text, in hexadecimal digits.
    pub sha256: Cow<'a, str>,
    /// The text; absent when the journal line with it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text<'a>>,
}
