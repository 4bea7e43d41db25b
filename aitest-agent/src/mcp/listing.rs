use std::fmt;

use crate::agent::ToolInfo;
use crate::provider::ToolDefinition;

/// The tools that a server lists, sorted by name: what [`McpServer::tools`](super::McpServer::tools) returns.
///
/// `Display` writes each tool's name, description and schema in a form that is the same for the same tools, for a
/// snapshot that is reviewed when it changes. Secrets are replaced in it.
#[derive(Clone, Debug, Default)]
pub struct ToolListing(Vec<ToolInfo>);

impl ToolListing {
    pub(crate) fn of(server: &str, tools: &[ToolDefinition]) -> Self {
        let info = |tool: &ToolDefinition| ToolInfo {
            server: server.to_owned(),
            name: tool.name.clone(),
            description: tool.description.clone(),
            schema: tool.schema.clone(),
        };
        let mut tools: Vec<ToolInfo> = tools.iter().map(info).collect();
        tools.sort_by(|a, b| a.name.cmp(&b.name));
        ToolListing(tools)
    }

    /// The tools, by the names that the server gave them.
    pub fn tools(&self) -> &[ToolInfo] {
        &self.0
    }

    /// The tool called `name`.
    pub fn tool(&self, name: &str) -> Option<&ToolInfo> {
        self.0.iter().find(|tool| tool.name == name)
    }
}

impl fmt::Display for ToolListing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, tool) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "# {}", tool.name)?;
            if !tool.description.is_empty() {
                write!(f, "\n{}", aitest_runtime::host::redact(tool.description.trim_end()))?;
            }
            let schema = serde_json::to_string_pretty(&*tool.schema).unwrap_or_default();
            write!(f, "\n{}", aitest_runtime::host::redact(&schema))?;
        }
        Ok(())
    }
}
