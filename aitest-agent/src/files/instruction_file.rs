use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{ends_with, no_text, stem};
use crate::agent::{Agent, PromptPart};
use crate::load::{Document, Fault, Folder, LoadError, LoadErrorKind, Text, read};
use crate::provider::Provider;

/// Files that are plain Markdown and apply to everything.
const ALWAYS: [&str; 3] = ["copilot-instructions.md", "AGENTS.md", "CLAUDE.md"];
const INSTRUCTIONS: &str = ".instructions.md";

/// Instructions for a project in a file: [VS Code's and GitHub Copilot's](https://code.visualstudio.com/docs/copilot/customization/custom-instructions)
/// `copilot-instructions.md` and `*.instructions.md`, [`AGENTS.md`](https://agents.md), or Claude Code's `CLAUDE.md`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct InstructionFile {
    /// `name`, or the file's name without its ending.
    pub name: String,
    /// `description`.
    pub description: Option<String>,
    /// Patterns of the files that the instructions are for: `applyTo`, or `**` of the files that apply to everything.
    /// Without `applyTo`, an `*.instructions.md` has none, and is given by hand in its hosts.
    pub apply_to: Vec<String>,
    /// All other keys of the front matter.
    pub metadata: Map<String, Value>,
    /// The file.
    pub path: PathBuf,
    /// The instructions.
    pub text: String,
}

impl InstructionFile {
    /// Whether the instructions are for the file `path`, which is written from the project's folder with `/`.
    pub fn applies_to(&self, path: &str) -> bool {
        self.apply_to.iter().any(|pattern| fast_glob::glob_match(pattern, path))
    }
}

/// Reads a file of instructions. Of `copilot-instructions.md`, `AGENTS.md` and `CLAUDE.md` all is text; other files may
/// have front matter with `applyTo`. Files that are named in the text, as by `@docs/style.md`, are not opened.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # fn test() -> Result<(), aitest::LoadError> {
/// let rust = aitest::load_instruction_file(".github/instructions/rust.instructions.md")?;
/// assert!(rust.applies_to("src/lib.rs") && !rust.applies_to("web/index.ts"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The file cannot be read, its front matter or a pattern in it is wrong, or there is no text.
pub fn load_instruction_file(path: impl AsRef<Path>) -> Result<InstructionFile, LoadError> {
    let path = path.as_ref();
    let is_plain = path.file_name().is_some_and(|name| ALWAYS.iter().any(|always| name == *always));
    let file = match is_plain {
        true => InstructionFile {
            name: stem(path, &[".md"]),
            description: None,
            apply_to: vec!["**".to_owned()],
            metadata: Map::new(),
            path: path.to_owned(),
            text: read(path)?.trim().to_owned(),
        },
        false => of_document(Document::read_forgiving(path)?, path).map_err(|fault| fault.of(path))?,
    };
    if file.text.is_empty() {
        return Err(no_text().of(path));
    }
    Ok(file)
}

fn of_document(document: Document, path: &Path) -> Result<InstructionFile, Fault> {
    let Document { front, body: text } = document;
    let mut fields = front.unwrap_or_default();
    Ok(InstructionFile {
        name: fields.optional("name")?.unwrap_or_else(|| stem(path, &[INSTRUCTIONS, ".md"])),
        description: fields.optional("description")?,
        apply_to: fields.text("applyTo")?.map_or(Ok(Vec::new()), |text| patterns(&text))?,
        metadata: fields.rest(),
        path: path.to_owned(),
        text,
    })
}

/// Patterns that stand apart by commas, but for those in braces.
fn patterns(text: &Text) -> Result<Vec<String>, Fault> {
    let mut depth = 0_usize;
    let parts = text.text.split(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && c == ','
    });
    let patterns = parts.map(str::trim).filter(|pattern| !pattern.is_empty());
    let checked = patterns.map(|pattern| match fast_glob::validate(pattern) {
        Ok(()) => Ok(pattern.to_owned()),
        Err(error) => {
            let rule = format!("`applyTo`: `{pattern}` is no pattern: {error}");
            Err(Fault::new(LoadErrorKind::InvalidValue, rule).at(text.line))
        }
    });
    checked.collect()
}

/// Reads all files of instructions in a folder, by their names.
///
/// # Errors
/// One cannot be read, or there is none.
pub fn load_instruction_files(folder: impl Into<Folder>) -> Result<Vec<InstructionFile>, LoadError> {
    let is_always = |path: &Path| path.file_name().is_some_and(|name| ALWAYS.iter().any(|always| name == *always));
    let what = "`*.instructions.md`, `copilot-instructions.md`, `AGENTS.md` or `CLAUDE.md`";
    let files = folder.into().files(what, &|path| ends_with(path, &[INSTRUCTIONS]) || is_always(path))?;
    files.iter().map(load_instruction_file).collect()
}

impl Agent {
    /// An agent of `provider` with the instructions in a folder, as
    /// [`instruction_files`](Agent::instruction_files) gives them.
    ///
    /// # Errors
    /// Those of [`load_instruction_files`].
    pub fn from_instruction_files(provider: impl Into<Provider>, folder: impl Into<Folder>) -> Result<Self, LoadError> {
        Ok(Agent::new(provider).instruction_files(&load_instruction_files(folder)?))
    }

    /// Gives the agent the instructions in `files`, after its system prompt. Those for some files only are headed by
    /// their patterns, since the model is to know when they hold; keep those of a file with
    /// [`applies_to`](InstructionFile::applies_to).
    ///
    /// ```no_run
    /// # use aitest_agent as aitest;
    /// # fn test() -> Result<(), aitest::LoadError> {
    /// let mut files = aitest::load_instruction_files(".github")?;
    /// files.retain(|file| file.applies_to("src/lib.rs"));
    /// let agent = aitest::Agent::new("openai/gpt-5-mini").instruction_files(&files);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn instruction_files<'f>(mut self, files: impl IntoIterator<Item = &'f InstructionFile>) -> Self {
        let files: Vec<&InstructionFile> = files.into_iter().collect();
        self.prompt_parts.extend(files.iter().map(|file| PromptPart {
            factor: "instruction file",
            level: file.name.as_str().into(),
            text: file.text.as_str().into(),
        }));
        let texts = files.into_iter().map(|InstructionFile { name, apply_to, text, .. }| match apply_to.as_slice() {
            [all] if all == "**" => text.clone(),
            [] => format!("Instructions `{name}`:\n{text}"),
            some => format!("Instructions `{name}` for files that match `{}`:\n{text}", some.join(", ")),
        });
        let parts = self.system_prompt.iter().map(ToString::to_string).chain(texts).collect::<Vec<_>>();
        if !parts.is_empty() {
            self.system_prompt = Some(parts.join("\n\n").into());
        }
        self
    }
}
