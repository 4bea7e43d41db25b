use std::fmt::Write as _;
use std::sync::Arc;

use futures_util::future::ready;
use serde_json::{Map, Value, json};

use super::{Skill, SkillReference};
use crate::agent::{AgentError, ToolOutcome, ToolServer, ToolSession};
use crate::provider::{BoxFuture, ToolDefinition};

const LIST: &str = "list_skill_references";
const READ: &str = "read_skill_reference";
const FILENAME: &str = "filename";

/// Offers the references of a skill. They were read with it: no path of the model's reaches the file system.
#[derive(Clone, Debug)]
pub(super) struct ReferenceServer(pub(super) Arc<Skill>);

struct ReferenceSession {
    skill: Arc<Skill>,
    tools: Arc<[ToolDefinition]>,
}

impl ToolServer for ReferenceServer {
    fn start(&self) -> BoxFuture<'_, Result<Box<dyn ToolSession>, AgentError>> {
        let (skill, tools) = (Arc::clone(&self.0), tools(&self.0.name));
        Box::pin(ready(Ok(Box::new(ReferenceSession { skill, tools }) as Box<dyn ToolSession>)))
    }
}

fn tools(skill: &str) -> Arc<[ToolDefinition]> {
    let tool = |name: &str, description: String, schema: Value| ToolDefinition {
        name: name.to_owned(),
        description,
        schema: Arc::new(schema.as_object().cloned().unwrap_or_default()),
    };
    let nothing = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    let filename = json!({ "type": "string", "description": format!("A name that {LIST} returned.") });
    let one_name = json!({
        "type": "object",
        "properties": { FILENAME: filename },
        "required": [FILENAME],
        "additionalProperties": false,
    });
    [
        tool(LIST, format!("Lists the reference files of the skill `{skill}`."), nothing),
        tool(READ, format!("Reads a reference file of the skill `{skill}`."), one_name),
    ]
    .into()
}

impl ReferenceSession {
    fn list(&self) -> String {
        self.skill.references.iter().fold(String::new(), |mut list, SkillReference { name, text, .. }| {
            let note = if text.is_none() { " (no text)" } else { "" };
            let _ = writeln!(list, "{name}{note}");
            list
        })
    }

    fn read(&self, arguments: &Map<String, Value>) -> ToolOutcome {
        let Some(Value::String(asked)) = arguments.get(FILENAME) else {
            return ToolOutcome::failed(format!("the argument `{FILENAME}` must be a string"));
        };
        // A skill's text names its files from its own folder.
        let name = asked.trim_start_matches("./");
        let name = name.strip_prefix("references/").unwrap_or(name);
        match self.skill.references.iter().find(|reference| reference.name == name) {
            Some(SkillReference { text: Some(text), .. }) => {
                ToolOutcome { text: text.clone(), ..ToolOutcome::default() }
            }
            Some(_) => ToolOutcome::failed(format!("`{asked}` is no text, or longer than 1 MiB")),
            None => ToolOutcome::failed(format!("there is no reference `{asked}`; there are:\n{}", self.list())),
        }
    }
}

impl ToolSession for ReferenceSession {
    fn name(&self) -> &str {
        &self.skill.name
    }

    fn tools(&self) -> Arc<[ToolDefinition]> {
        Arc::clone(&self.tools)
    }

    fn is_always_offered(&self) -> bool {
        true
    }

    fn call<'a>(
        &'a self,
        tool: &'a str,
        arguments: Map<String, Value>,
    ) -> BoxFuture<'a, Result<ToolOutcome, AgentError>> {
        let outcome = match tool {
            READ => self.read(&arguments),
            _ => ToolOutcome { text: self.list(), ..ToolOutcome::default() },
        };
        Box::pin(ready(Ok(outcome)))
    }

    fn shutdown(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(ready(()))
    }
}
