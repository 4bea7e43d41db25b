use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{ends_with, no_text, stem};
use crate::load::{Document, Fault, Fields, Folder, LoadError, parse_yaml, read, unique_names};

const YAML: [&str; 2] = [".yaml", ".yml"];
const MARKDOWN: &str = ".md";

/// A system prompt in a file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SystemPrompt {
    /// `name`; of Markdown without one, the file's name without `.md`.
    pub name: String,
    /// `version`, as it is written.
    pub version: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// What stands under `metadata`, and all other keys.
    pub metadata: Map<String, Value>,
    /// The file.
    pub path: PathBuf,
    /// `system_prompt`; of Markdown, the text below the front matter.
    pub text: String,
}

/// What [`Agent::system_prompt`](crate::Agent::system_prompt) takes: a text, or a [`SystemPrompt`] with its name.
#[derive(Clone, Debug)]
pub struct PromptSource {
    pub(crate) name: Option<Arc<str>>,
    pub(crate) text: Arc<str>,
}

impl<T: AsRef<str>> From<T> for PromptSource {
    fn from(text: T) -> Self {
        PromptSource { name: None, text: text.as_ref().into() }
    }
}

impl From<&SystemPrompt> for PromptSource {
    fn from(prompt: &SystemPrompt) -> Self {
        PromptSource { name: Some(prompt.name.as_str().into()), text: prompt.text.as_str().into() }
    }
}

/// Reads a system prompt from a YAML file with `name`, `system_prompt`, and maybe `version` and `description`.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # fn test() -> Result<(), aitest::LoadError> {
/// let concise = aitest::load_prompt("prompts/concise.yaml")?;
/// let agent = aitest::Agent::new("openai/gpt-5-mini").system_prompt(&concise);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The file cannot be read, is no YAML of keys and values, or has no name or system prompt.
pub fn load_prompt(path: impl AsRef<Path>) -> Result<SystemPrompt, LoadError> {
    let path = path.as_ref();
    let text = read(path)?;
    let parsed = parse_yaml(&text, 1).and_then(|node| Fields::of(node, 1));
    parsed.and_then(|fields| of_yaml(fields, path)).map_err(|fault| fault.of(path))
}

/// Reads all YAML files in a folder, as [`load_prompt`] does.
///
/// # Errors
/// One cannot be read, two have one name, or there is none.
pub fn load_prompts(folder: impl Into<Folder>) -> Result<Vec<SystemPrompt>, LoadError> {
    let files = folder.into().files("`.yaml` or `.yml` file", &|path| ends_with(path, &YAML))?;
    all(&files, |path| load_prompt(path))
}

/// Reads all YAML files in a folder as [`load_prompt`] does, and all `.md` files: their text is the system prompt, and
/// front matter may give `name`, `version` and `description`.
///
/// # Errors
/// One cannot be read, two have one name, or there is none.
pub fn load_system_prompts(folder: impl Into<Folder>) -> Result<Vec<SystemPrompt>, LoadError> {
    let is_prompt = |path: &Path| ends_with(path, &YAML) || ends_with(path, &[MARKDOWN]);
    let files = folder.into().files("`.md`, `.yaml` or `.yml` file", &is_prompt)?;
    all(&files, |path| match ends_with(path, &YAML) {
        true => load_prompt(path),
        false => of_markdown(path),
    })
}

fn all(
    files: &[PathBuf],
    load: impl Fn(&Path) -> Result<SystemPrompt, LoadError>,
) -> Result<Vec<SystemPrompt>, LoadError> {
    let prompts = files.iter().map(|path| load(path)).collect::<Result<Vec<_>, _>>()?;
    unique_names(&prompts, |prompt| (&prompt.name, &prompt.path))?;
    Ok(prompts)
}

fn of_yaml(mut fields: Fields, path: &Path) -> Result<SystemPrompt, Fault> {
    let name = fields.required("name")?.text;
    let text = fields.required("system_prompt")?.text.trim().to_owned();
    prompt(name, text, fields, path)
}

fn of_markdown(path: &Path) -> Result<SystemPrompt, LoadError> {
    let Document { front, body } = Document::read_forgiving(path)?;
    let mut fields = front.unwrap_or_default();
    let prompt = match (fields.optional("name"), body.is_empty()) {
        (Err(fault), _) => Err(fault),
        (Ok(_), true) => Err(no_text()),
        (Ok(name), false) => prompt(name.unwrap_or_else(|| stem(path, &[MARKDOWN])), body, fields, path),
    };
    prompt.map_err(|fault| fault.of(path))
}

fn prompt(name: String, text: String, mut fields: Fields, path: &Path) -> Result<SystemPrompt, Fault> {
    Ok(SystemPrompt {
        name,
        text,
        version: fields.optional("version")?,
        description: fields.optional("description")?,
        metadata: fields.metadata()?,
        path: path.to_owned(),
    })
}
