use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::hooks::{self, Hook};
use super::manifest::{self, Manifest};
use super::places::{Places, files};
use super::servers;
use crate::agent::Agent;
use crate::files::{
    CustomAgent, InstructionFile, PromptFile, load_custom_agent, load_instruction_file, load_prompt_file,
};
use crate::load::{Fault, LoadError, LoadErrorKind, unique_names};
use crate::mcp::McpServer;
use crate::provider::Provider;
use crate::skill::Skill;

/// A plugin of [Claude Code](https://code.claude.com/docs/en/plugins-reference) or
/// [GitHub Copilot](https://docs.github.com/en/copilot/reference/cli-plugin-reference), or what a project has in its
/// `.github` and `.claude`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plugin {
    /// `name`; without a manifest, that of the folder.
    pub name: String,
    /// `version`.
    pub version: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// All other keys of the manifest.
    pub metadata: Map<String, Value>,
    /// The plugin's folder.
    pub path: PathBuf,
    /// `AGENTS.md`, `CLAUDE.md`, `copilot-instructions.md`, `*.instructions.md`.
    pub instructions: Vec<InstructionFile>,
    /// Its custom agents.
    pub agents: Vec<CustomAgent>,
    /// Its skills.
    pub skills: Vec<Skill>,
    /// Its prompts and commands.
    pub prompts: Vec<PromptFile>,
    /// Its MCP servers.
    pub mcp_servers: Vec<McpServer>,
    /// What it has its host run. aitest runs none of it.
    pub hooks: Vec<Hook>,
}

/// Reads the plugin in a folder: one with a `plugin.json`, a `.github` or `.claude`, or a project with either.
///
/// Looked for are `agents/`, `skills/`, `commands/`, `hooks/hooks.json`, `.mcp.json` and files of instructions, and what
/// the manifest names beside them. `${CLAUDE_PLUGIN_ROOT}` in MCP servers is the plugin's folder.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # fn test() -> Result<(), aitest::LoadError> {
/// let plugin = aitest::load_plugin("plugins/banking")?;
/// let agent = aitest::Agent::new("openai/gpt-5-mini").plugin(&plugin);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// There is no manifest nor either folder, a file cannot be read or is wrong, two agents, skills or prompts have one
/// name, or a path or link leads out of the folder.
pub fn load_plugin(folder: impl AsRef<Path>) -> Result<Plugin, LoadError> {
    let folder = folder.as_ref();
    let root = fs::canonicalize(folder).map_err(|error| {
        Fault::new(LoadErrorKind::NotReadable, format!("the plugin's folder cannot be read: {error}")).of(folder)
    })?;
    match Manifest::find(folder, &root)? {
        Some(manifest) => of_manifest(manifest, folder, &root),
        None => {
            let name = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let places = match name.as_str() {
                ".github" => Places::of_github(folder),
                ".claude" => Places::of_claude(folder),
                _ if folder.join(".github").is_dir() || folder.join(".claude").is_dir() => Places::of_project(folder),
                _ => return Err(manifest::missing(folder)),
            };
            parts(&places, Plugin::named(name, folder), &root)
        }
    }
}

fn of_manifest(manifest: Manifest, folder: &Path, root: &Path) -> Result<Plugin, LoadError> {
    let Manifest { path, name, version, description, metadata, places, servers, hooks } = manifest;
    let named = Plugin { version, description, metadata, ..Plugin::named(name, folder) };
    let mut plugin = parts(&places, named, root)?;
    if let Some(node) = servers {
        plugin.mcp_servers.extend(servers::of_node(&node, &path, folder)?);
    }
    if let Some(node) = hooks {
        plugin.hooks.extend(hooks::of_node(node, &path).map_err(|fault| fault.of(&path))?);
    }
    Ok(plugin)
}

/// Fills `plugin` with what is at `places`.
fn parts(places: &Places, plugin: Plugin, root: &Path) -> Result<Plugin, LoadError> {
    let agents = loaded(&places.agents, "**/*.md", root, |path| load_custom_agent(path))?;
    let skills = loaded(&places.skills, "**/SKILL.md", root, |path| Skill::from_path(path))?;
    let prompts = loaded(&places.prompts, "**/*.md", root, |path| load_prompt_file(path))?;
    unique_names(&agents, |agent| (&agent.name, &agent.path))?;
    unique_names(&skills, |skill| (&skill.name, &skill.path))?;
    unique_names(&prompts, |prompt| (&prompt.name, &prompt.path))?;
    let servers = loaded(&places.servers, "*.json", root, |path| servers::of_file(path, &plugin.path))?;
    let hooks = loaded(&places.hooks, "*.json", root, hooks::of_file)?;
    Ok(Plugin {
        instructions: loaded(&places.instructions, "**/*.instructions.md", root, |path| load_instruction_file(path))?,
        agents,
        skills,
        prompts,
        mcp_servers: servers.into_iter().flatten().collect(),
        hooks: hooks.into_iter().flatten().collect(),
        ..plugin
    })
}

/// What `load` makes of the files at `places`.
fn loaded<T>(
    places: &[PathBuf],
    pattern: &str,
    root: &Path,
    load: impl Fn(&Path) -> Result<T, LoadError>,
) -> Result<Vec<T>, LoadError> {
    files(places, pattern, root)?.iter().map(|path| load(path)).collect()
}

impl Plugin {
    fn named(name: String, folder: &Path) -> Self {
        Plugin {
            name,
            version: None,
            description: None,
            metadata: Map::new(),
            path: folder.to_owned(),
            instructions: Vec::new(),
            agents: Vec::new(),
            skills: Vec::new(),
            prompts: Vec::new(),
            mcp_servers: Vec::new(),
            hooks: Vec::new(),
        }
    }

    /// The custom agent of this name.
    pub fn agent(&self, name: &str) -> Option<&CustomAgent> {
        self.agents.iter().find(|agent| agent.name == name)
    }
}

impl Agent {
    /// An agent of `provider` with the plugin in a folder, as [`plugin`](Agent::plugin) gives it.
    ///
    /// # Errors
    /// Those of [`load_plugin`].
    pub fn from_plugin(provider: impl Into<Provider>, folder: impl AsRef<Path>) -> Result<Self, LoadError> {
        Ok(Agent::new(provider).plugin(&load_plugin(folder)?))
    }

    /// Gives the agent the instructions, skills and MCP servers of `plugin`. Its name is part of the agent's in reports.
    ///
    /// A custom agent of the plugin takes the place of the system prompt: call
    /// [`custom_agent`](Agent::custom_agent) before this.
    #[must_use]
    pub fn plugin(self, plugin: &Plugin) -> Self {
        let mut agent = self.instruction_files(&plugin.instructions);
        agent.prompt_name = agent.prompt_name.or_else(|| Some(plugin.name.as_str().into()));
        agent.skills(plugin.skills.iter().cloned()).mcp_servers(plugin.mcp_servers.iter().cloned())
    }
}
