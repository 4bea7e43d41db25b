use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::reference_tools::ReferenceServer;
use super::references::{self, SkillReference};
use super::rules;
use crate::agent::Agent;
use crate::load::{Document, Fault, Folder, LoadError, LoadErrorKind, inside, unique_names};

const FILE: &str = "SKILL.md";

/// An [Agent Skill](https://agentskills.io/specification): a folder with a `SKILL.md`, whose text tells a model how
/// something is done, and `references/` that it may read.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # fn test() -> Result<(), aitest::LoadError> {
/// use aitest::{Agent, Skill};
///
/// let skill = Skill::from_path("skills/money-transfers")?;
/// let agent = Agent::new("openai/gpt-5-mini").skill(skill);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Skill {
    /// Its name, which is its folder's too.
    pub name: String,
    /// What it does and when it is used.
    pub description: String,
    /// `license` of the front matter.
    pub license: Option<String>,
    /// `compatibility` of the front matter: what it needs.
    pub compatibility: Option<String>,
    /// `allowed-tools` of the front matter: tools of the host that need no consent. aitest offers an agent's tools
    /// whatever is written here.
    pub allowed_tools: Vec<String>,
    /// What stands under `metadata`, and all other keys of the front matter.
    pub metadata: Map<String, Value>,
    /// The skill's folder.
    pub path: PathBuf,
    /// The text below the front matter.
    pub instructions: String,
    /// The files in `references/` and the folders below it, sorted by their names.
    pub references: Vec<SkillReference>,
}

impl Skill {
    /// Reads the skill in the folder `path`, or whose `SKILL.md` is `path`.
    ///
    /// Rules of the specification: `name` has 1 to 64 lowercase letters, digits and single hyphens in between, and is
    /// the folder's name; `description` has 1 to 1024 characters, `compatibility` up to 500.
    ///
    /// # Errors
    /// The file cannot be read or breaks a rule, has no text below its front matter, or a link leads out of the folder.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let path = path.as_ref();
        let folder = match path.file_name() {
            Some(name) if name == FILE && !path.is_dir() => path.parent().unwrap_or(path),
            _ => path,
        };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let file = folder.join(FILE);
        let root = fs::canonicalize(folder).map_err(|error| {
            Fault::new(LoadErrorKind::NotReadable, format!("the skill's folder cannot be read: {error}")).of(folder)
        })?;
        if !file.exists() {
            return Err(Fault::new(LoadErrorKind::Missing, "a skill's folder has a `SKILL.md`").of(folder));
        }
        inside(&root, &file)?;
        let (fields, instructions) = Document::read_with_front(&file)?;
        let front = rules::FrontMatter::of(fields, &names(folder, &root)).map_err(|fault| fault.of(&file))?;
        if instructions.is_empty() {
            let rule = "there is no text below the front matter: it is what the skill tells the model";
            return Err(Fault::new(LoadErrorKind::Missing, rule).of(&file));
        }
        Ok(Skill {
            name: front.name,
            description: front.description,
            license: front.license,
            compatibility: front.compatibility,
            allowed_tools: front.allowed_tools,
            metadata: front.metadata,
            path: folder.to_owned(),
            instructions,
            references: references::read(folder, &root)?,
        })
    }
}

/// The folder's name, as it is given and as it is really.
fn names(folder: &Path, root: &Path) -> Vec<String> {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    [name(folder), name(root)].into_iter().flatten().collect()
}

/// The skills in a folder and the folders below it, sorted by their paths.
///
/// # Errors
/// One cannot be read, two have one name, or there is none.
pub fn load_skills(folder: impl Into<Folder>) -> Result<Vec<Skill>, LoadError> {
    let files = folder.into().files("`SKILL.md`", &|path| path.ends_with(FILE))?;
    let skills = files.iter().map(Skill::from_path).collect::<Result<Vec<_>, _>>()?;
    unique_names(&skills, |skill| (&skill.name, &skill.path))?;
    Ok(skills)
}

impl Agent {
    /// Gives the agent a skill: its text stands in the system prompt, after that of
    /// [`system_prompt`](Agent::system_prompt). When it has references, the model gets the tools
    /// `list_skill_references` and `read_skill_reference`, whatever [`allowed_tools`](Agent::allowed_tools) says; of
    /// several skills these are named after them.
    ///
    /// The skill's name is part of the agent's name in reports, unless [`named`](Agent::named) gives another.
    #[must_use]
    pub fn skill(mut self, skill: Skill) -> Self {
        let skill = Arc::new(skill);
        if !skill.references.is_empty() {
            self.servers.push(Arc::new(ReferenceServer(Arc::clone(&skill))));
        }
        self.skills.push(skill);
        self
    }

    /// Gives the agent all `skills`.
    #[must_use]
    pub fn skills(self, skills: impl IntoIterator<Item = Skill>) -> Self {
        skills.into_iter().fold(self, Agent::skill)
    }
}
