use serde::{Deserialize, Serialize};

/// A prompt that an MCP server offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpPrompt {
    /// The server that offers it.
    pub server: String,
    /// Its name, for `McpServer::get_prompt`.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What it is filled with.
    pub arguments: Vec<McpPromptArgument>,
}

/// An argument of an [`McpPrompt`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpPromptArgument {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Whether the prompt needs it.
    pub required: bool,
}
