use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::AgentIdentity;

/// What an agent was given when it ran, by fingerprint: a change of it may explain that an agent does better or worse.
/// The texts are in [`RunRecord::texts`](super::RunRecord::texts).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSetup {
    /// The first 64 bits of a SHA-256 over all the rest, as 16 hexadecimal digits.
    pub id: String,
    /// The agent's label.
    pub agent: String,
    /// Who it is.
    #[serde(flatten)]
    pub identity: AgentIdentity,
    /// The system prompt as it was sent; `None` without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// Its skills, in the order in which they were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skill_texts: Vec<Fingerprint>,
    /// The tools of each server as they were offered, in the servers' order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Fingerprint>,
    /// What else was asked for: `temperature`, `max_turns`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// What else it is made of, by the names of factors: `prompt`, `skill`, `instruction file`, `custom agent`,
    /// `allowed tools`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Fingerprint>,
}

impl AgentSetup {
    /// Whether both are the same agent: limits and sampling make no other one.
    pub fn is_same_agent(&self, other: &AgentSetup) -> bool {
        self.differences(other).is_empty()
    }

    /// What makes both another agent: model, system prompt, skills, tools.
    pub fn differences(&self, other: &AgentSetup) -> Vec<&'static str> {
        let parts = [
            ("model", self.identity.model_name() != other.identity.model_name()),
            ("system prompt", self.system_prompt != other.system_prompt),
            ("skills", self.skill_texts != other.skill_texts),
            ("tools", self.servers != other.servers),
        ];
        parts.into_iter().filter(|(_, differs)| *differs).map(|(part, _)| part).collect()
    }
}

/// A named text by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The name of the skill or server.
    pub name: String,
    /// SHA-256 of the text, in hexadecimal digits.
    pub sha256: String,
}
