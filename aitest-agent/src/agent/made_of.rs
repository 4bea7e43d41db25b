use std::collections::BTreeMap;
use std::sync::Arc;

use super::Agent;

/// A part of an agent by which it may differ from another one.
#[derive(Clone, Debug)]
pub(crate) struct PromptPart {
    /// `prompt`, `custom agent`, `instruction file`.
    pub(crate) factor: &'static str,
    /// Its name, for a prompt without one the beginning of its text.
    pub(crate) level: Arc<str>,
    pub(crate) text: Arc<str>,
}

/// Columns of a prompt without a name.
const MOST: usize = 32;

impl PromptPart {
    pub(crate) fn prompt(name: Option<&str>, text: &Arc<str>) -> Self {
        let first_line = || text.lines().next().unwrap_or_default().chars().take(MOST).collect::<String>();
        let level = name.map_or_else(first_line, str::to_owned).into();
        PromptPart { factor: "prompt", level, text: Arc::clone(text) }
    }
}

impl Agent {
    /// What the agent is made of beside model, servers and parameters: by factor its level and all text of it.
    pub(crate) fn made_of(&self) -> BTreeMap<String, (String, String)> {
        let prompts = self.prompt_parts.iter().map(|part| (part.factor, part.level.to_string(), part.text.to_string()));
        let skills = self.skills.iter().map(|skill| ("skill", skill.name.clone(), skill.instructions.clone()));
        let allowed =
            self.allowed_tools.iter().map(|allowed| ("allowed tools", allowed.names.join(", "), String::new()));
        let mut parts: BTreeMap<String, (String, String)> = BTreeMap::new();
        for (factor, level, text) in prompts.chain(skills).chain(allowed) {
            match parts.get_mut(factor) {
                Some((levels, texts)) => {
                    levels.push_str(", ");
                    levels.push_str(&level);
                    texts.push('\n');
                    texts.push_str(&text);
                }
                None => {
                    parts.insert(factor.to_owned(), (level, text));
                }
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CustomAgent, InstructionFile};

    fn levels(agent: &Agent) -> Vec<(String, String)> {
        agent.made_of().into_iter().map(|(factor, (level, _))| (factor, level)).collect()
    }

    fn pair(factor: &str, level: &str) -> (String, String) {
        (factor.to_owned(), level.to_owned())
    }

    #[test]
    fn a_prompt_without_a_name_is_its_beginning() {
        let agent =
            Agent::new("openai/gpt-5-mini").system_prompt("You are a teller.\nBe short.").allowed_tools(["a", "b"]);
        assert_eq!(levels(&agent), [pair("allowed tools", "a, b"), pair("prompt", "You are a teller.")]);
        assert!(levels(&Agent::new("openai/gpt-5-mini")).is_empty());
    }

    #[test]
    fn files_are_factors_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let custom: CustomAgent = crate::load_custom_agent(write(
            "teller.agent.md",
            "---\nname: teller\ndescription: Serves.\n---\nYou serve.",
        ))
        .unwrap();
        let file = |name: &str| -> InstructionFile {
            crate::load_instruction_file(write(name, "---\napplyTo: \"**\"\n---\nBe kind.")).unwrap()
        };
        let files = [file("kind.instructions.md"), file("short.instructions.md")];
        let names = format!("{}, {}", files[0].name, files[1].name);
        let agent = Agent::new("openai/gpt-5-mini").custom_agent(&custom).instruction_files(&files);
        assert_eq!(levels(&agent), [pair("custom agent", "teller"), pair("instruction file", &names)]);
        let replaced = agent.system_prompt("You are a teller.");
        assert_eq!(levels(&replaced), [pair("prompt", "You are a teller.")], "a new prompt takes their place");
    }
}
