use rmcp::model::{GetPromptResult, Prompt, Resource, ResourceContents, Role};
use serde::{Deserialize, Serialize};

use super::content::block;
use crate::agent::{McpPrompt, McpPromptArgument};
use crate::provider::{AssistantMessage, Message};

/// A resource that an MCP server offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpResource {
    /// Its address, for [`McpServer::read_resource`](super::McpServer::read_resource).
    pub uri: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub description: Option<String>,
    /// `text/markdown`; `None` when the server does not say.
    pub mime_type: Option<String>,
    /// Its size in bytes; `None` when the server does not say.
    pub size: Option<u64>,
}

/// A part of what a resource holds: text, or bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McpResourceContent {
    /// The part's address.
    pub uri: String,
    /// `text/markdown`; `None` when the server does not say.
    pub mime_type: Option<String>,
    /// The text; `None` of bytes.
    pub text: Option<String>,
    /// The bytes in base64; `None` of text.
    pub base64: Option<String>,
}

impl McpPrompt {
    /// A prompt of the server named `server`.
    pub(crate) fn of_server(server: &str, prompt: Prompt) -> Self {
        let arguments = prompt.arguments.into_iter().flatten().map(|argument| McpPromptArgument {
            name: argument.name,
            description: argument.description,
            required: argument.required == Some(true),
        });
        let (name, description, arguments) = (prompt.name, prompt.description, arguments.collect());
        McpPrompt { server: server.to_owned(), name, description, arguments }
    }
}

impl From<Resource> for McpResource {
    fn from(resource: Resource) -> Self {
        let Resource { uri, name, description, mime_type, size, .. } = resource;
        McpResource { uri, name, description, mime_type, size }
    }
}

impl From<ResourceContents> for McpResourceContent {
    fn from(contents: ResourceContents) -> Self {
        match contents {
            ResourceContents::TextResourceContents { uri, mime_type, text, .. } => {
                McpResourceContent { uri, mime_type, text: Some(text), base64: None }
            }
            ResourceContents::BlobResourceContents { uri, mime_type, blob, .. } => {
                McpResourceContent { uri, mime_type, text: None, base64: Some(blob) }
            }
            _ => McpResourceContent::default(),
        }
    }
}

/// The messages of a prompt, as an agent takes them.
pub(crate) fn messages(prompt: &GetPromptResult) -> Vec<Message> {
    let messages = prompt.messages.iter().map(|message| match message.role {
        Role::User => Message::User(block(&message.content)),
        Role::Assistant => Message::Assistant(AssistantMessage::text(block(&message.content))),
    });
    messages.collect()
}
