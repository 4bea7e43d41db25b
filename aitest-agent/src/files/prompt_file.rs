use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{ends_with, no_text, stem};
use crate::load::{Document, Fields, Folder, LoadError, unique_names};

const PROMPT: &str = ".prompt.md";
const COMMANDS: &str = "commands";

/// A prompt that people give by its name: a [prompt file](https://code.visualstudio.com/docs/copilot/customization/prompt-files)
/// of VS Code, or a command of Claude Code.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PromptFile {
    /// `name`, or the file's name without its ending; of a command in a folder below `commands/`, that folder's before
    /// it: `bank:transfer`.
    pub name: String,
    /// `description`.
    pub description: Option<String>,
    /// All other keys of the front matter: `agent`, `model`, `tools`, `argument-hint`.
    pub metadata: Map<String, Value>,
    /// The file.
    pub path: PathBuf,
    /// The prompt.
    pub text: String,
}

impl PromptFile {
    /// The prompt with `arguments`: all of them for `$ARGUMENTS`, and the words one by one for `$1` to `$9`.
    ///
    /// ```no_run
    /// # use aitest_agent as aitest;
    /// # async fn test(agent: aitest::Agent) -> Result<(), Box<dyn std::error::Error>> {
    /// let transfer = aitest::load_prompt_file(".claude/commands/transfer.md")?;
    /// let result = agent.run(transfer.with_arguments("200 savings")).prompt_name(&transfer.name).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_arguments(&self, arguments: &str) -> String {
        let words = arguments.split_whitespace().collect::<Vec<_>>();
        let mut filled = String::new();
        let mut rest = self.text.as_str();
        while let Some((before, after)) = rest.split_once('$') {
            filled += before;
            let digit = after.chars().next().and_then(|c| c.to_digit(10)).filter(|digit| *digit > 0);
            rest = match (after.strip_prefix("ARGUMENTS"), digit) {
                (Some(after), _) => {
                    filled += arguments;
                    after
                }
                (None, Some(digit)) => {
                    filled += words.get(digit as usize - 1).copied().unwrap_or_default();
                    &after[1..]
                }
                (None, None) => {
                    filled.push('$');
                    after
                }
            };
        }
        filled + rest
    }
}

/// Reads a `.prompt.md` of VS Code, or a `.md` of Claude Code's `commands/`.
///
/// Text is all that is read: files that it names are not opened, and commands in it are not run.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # async fn test(agent: aitest::Agent) -> Result<(), Box<dyn std::error::Error>> {
/// let review = aitest::load_prompt_file(".github/prompts/review.prompt.md")?;
/// let result = agent.run(&review.text).prompt_name(&review.name).await?;
/// assert_eq!(result.prompt_name.as_deref(), Some("review"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The file cannot be read, its front matter is wrong, or there is no text below it.
pub fn load_prompt_file(path: impl AsRef<Path>) -> Result<PromptFile, LoadError> {
    let path = path.as_ref();
    let Document { front, body } = Document::read_forgiving(path)?;
    if body.is_empty() {
        return Err(no_text().of(path));
    }
    let mut fields = front.unwrap_or_default();
    let read = |key: &str, fields: &mut Fields| fields.optional(key).map_err(|fault| fault.of(path));
    Ok(PromptFile {
        name: read("name", &mut fields)?.unwrap_or_else(|| name(path)),
        description: read("description", &mut fields)?,
        metadata: fields.rest(),
        path: path.to_owned(),
        text: body,
    })
}

/// The file's name, after the folders between it and `commands/`.
fn name(path: &Path) -> String {
    let folders = path.parent().into_iter().flat_map(Path::iter).map(|part| part.to_string_lossy());
    let folders = folders.collect::<Vec<_>>();
    let below = folders.iter().rposition(|folder| folder == COMMANDS).map_or(&[][..], |at| &folders[at + 1..]);
    let stem = stem(path, &[PROMPT, ".md"]);
    below.iter().map(|folder| format!("{folder}:")).collect::<String>() + &stem
}

/// Reads all `.prompt.md` files in a folder, and all `.md` files below a folder named `commands`.
///
/// # Errors
/// One cannot be read, two have one name, or there is none.
pub fn load_prompt_files(folder: impl Into<Folder>) -> Result<Vec<PromptFile>, LoadError> {
    let is_command = |path: &Path| ends_with(path, &[".md"]) && path.iter().any(|part| part == COMMANDS);
    let is_prompt = |path: &Path| ends_with(path, &[PROMPT]) || is_command(path);
    let files = folder.into().files("`.prompt.md` file, and no `.md` file below `commands`", &is_prompt)?;
    let prompts = files.iter().map(load_prompt_file).collect::<Result<Vec<_>, _>>()?;
    unique_names(&prompts, |prompt| (&prompt.name, &prompt.path))?;
    Ok(prompts)
}
