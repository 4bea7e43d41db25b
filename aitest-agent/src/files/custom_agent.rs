use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{PromptSource, ends_with, no_text, stem};
use crate::agent::{Agent, AllowedTools};
use crate::load::{Document, Fault, Fields, Folder, LoadError, LoadErrorKind, unique_names};
use crate::provider::Provider;

const AGENT: &str = ".agent.md";
const AGENTS: &str = "agents";
const MARKDOWN: &str = ".md";

/// A custom agent in a file: of [VS Code and GitHub Copilot](https://code.visualstudio.com/docs/copilot/customization/custom-agents),
/// or a [subagent of Claude Code](https://code.claude.com/docs/en/sub-agents).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CustomAgent {
    /// `name`, or the file's name without its ending.
    pub name: String,
    /// `description`.
    pub description: Option<String>,
    /// `tools`, as they are written; `None` for all.
    pub tools: Option<Vec<String>>,
    /// All other keys of the front matter: `model`, `handoffs`, `disallowedTools`.
    pub metadata: Map<String, Value>,
    /// The file.
    pub path: PathBuf,
    /// The text below the front matter: its system prompt.
    pub text: String,
}

/// Reads an `.agent.md` of VS Code and GitHub Copilot, or a `.md` of Claude Code's `agents/`.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # fn test() -> Result<(), aitest::LoadError> {
/// let teller = aitest::load_custom_agent(".github/agents/teller.agent.md")?;
/// let agent = aitest::Agent::new("openai/gpt-5-mini").custom_agent(&teller);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The file cannot be read, its front matter is wrong, or there is no text below it. A file of Claude Code must have
/// `name` and `description`: one that is neither named `.agent.md` nor in a folder below `.github`.
pub fn load_custom_agent(path: impl AsRef<Path>) -> Result<CustomAgent, LoadError> {
    let path = path.as_ref();
    let Document { front, body } = Document::read_forgiving(path)?;
    let agent = match (front, is_copilots(path)) {
        (None, false) => {
            let rule = "a subagent of Claude Code begins with front matter that has `name` and `description`";
            Err(Fault::new(LoadErrorKind::Missing, rule).at(1))
        }
        (front, is_copilots) => of_front_matter(front.unwrap_or_default(), body, path, is_copilots),
    };
    agent.map_err(|fault| fault.of(path))
}

fn of_front_matter(mut fields: Fields, text: String, path: &Path, is_copilots: bool) -> Result<CustomAgent, Fault> {
    if text.is_empty() {
        return Err(no_text());
    }
    let (name, description) = match is_copilots {
        true => {
            let name = fields.optional("name")?;
            (name.unwrap_or_else(|| stem(path, &[AGENT, MARKDOWN])), fields.optional("description")?)
        }
        false => (fields.required("name")?.text, Some(fields.required("description")?.text.trim().to_owned())),
    };
    let tools = fields.names("tools")?;
    Ok(CustomAgent { name, description, tools, metadata: fields.rest(), path: path.to_owned(), text })
}

fn is_copilots(path: &Path) -> bool {
    ends_with(path, &[AGENT]) || path.iter().any(|part| part == ".github")
}

/// Reads all `.agent.md` files in a folder, and the `.md` files of folders named `agents`.
///
/// # Errors
/// One cannot be read, two have one name, or there is none.
pub fn load_custom_agents(folder: impl Into<Folder>) -> Result<Vec<CustomAgent>, LoadError> {
    let of_agents = |path: &Path| path.parent().and_then(Path::file_name).is_some_and(|folder| folder == AGENTS);
    let is_agent = |path: &Path| ends_with(path, &[AGENT]) || ends_with(path, &[MARKDOWN]) && of_agents(path);
    let files = folder.into().files("`.agent.md` file, and no `.md` file in a folder `agents`", &is_agent)?;
    let agents = files.iter().map(load_custom_agent).collect::<Result<Vec<_>, _>>()?;
    unique_names(&agents, |agent| (&agent.name, &agent.path))?;
    Ok(agents)
}

impl Agent {
    /// An agent of `provider` with the system prompt and tools of the custom agent in the file `path`, as
    /// [`custom_agent`](Agent::custom_agent) gives it.
    ///
    /// # Errors
    /// Those of [`load_custom_agent`].
    pub fn from_agent_file(provider: impl Into<Provider>, path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Ok(Agent::new(provider).custom_agent(&load_custom_agent(path)?))
    }

    /// Gives the agent the text of `custom` as its system prompt, and offers only its `tools`. Its name is part of the
    /// agent's in reports.
    ///
    /// A tool is named by its own name, as `server/tool`, or as `mcp__server__tool`; `server/*` and `mcp__server` are
    /// all tools of a server, and `*` all there are. As in the files' own hosts, a name that no server offers is left
    /// out; a note in the transcript says so. The file's `model` is that of its host, not of the agent here.
    #[must_use]
    pub fn custom_agent(mut self, custom: &CustomAgent) -> Self {
        if let Some(tools) = custom.tools.as_ref().filter(|tools| !tools.iter().any(|tool| tool == "*")) {
            let names = tools.iter().map(|tool| allowed(tool)).collect::<Arc<[_]>>();
            self.allowed_tools = Some(AllowedTools { names, may_be_unknown: true });
        }
        let (name, text) = (Some(custom.name.as_str().into()), custom.text.as_str().into());
        let mut agent = self.system_prompt(PromptSource { name, text });
        agent.prompt_parts.iter_mut().for_each(|part| part.factor = "custom agent");
        agent
    }
}

/// A tool's name in a file, in the form of `allowed_tools`.
fn allowed(tool: &str) -> String {
    let of_server = |server: &str, tool: &str| format!("{server}.{}", if tool.is_empty() { "*" } else { tool });
    if let Some(rest) = tool.strip_prefix("mcp__") {
        return rest.split_once("__").map_or_else(|| of_server(rest, ""), |(server, tool)| of_server(server, tool));
    }
    tool.split_once('/').map_or_else(|| tool.to_owned(), |(server, tool)| of_server(server, tool))
}
