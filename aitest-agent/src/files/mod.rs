//! Files of prompts, agents and instructions.

mod custom_agent;
mod instruction_file;
mod prompt_file;
mod system_prompt;

pub use custom_agent::{CustomAgent, load_custom_agent, load_custom_agents};
pub use instruction_file::{InstructionFile, load_instruction_file, load_instruction_files};
pub use prompt_file::{PromptFile, load_prompt_file, load_prompt_files};
pub use system_prompt::{PromptSource, SystemPrompt, load_prompt, load_prompts, load_system_prompts};

use std::path::Path;

use crate::load::{Fault, LoadErrorKind};

/// The file's name without any of `endings`, the first that it has.
fn stem(path: &Path, endings: &[&str]) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = endings.iter().find_map(|ending| name.strip_suffix(ending));
    stem.map(str::to_owned).unwrap_or(name)
}

fn ends_with(path: &Path, endings: &[&str]) -> bool {
    path.file_name().is_some_and(|name| endings.iter().any(|ending| name.to_string_lossy().ends_with(ending)))
}

/// What tells the model something must have a text.
fn no_text() -> Fault {
    Fault::new(LoadErrorKind::Missing, "there is no text for the model")
}
