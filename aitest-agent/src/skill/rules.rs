use serde_json::{Map, Value};

use crate::load::{Fault, Fields, Text};

const LONGEST_NAME: usize = 64;
const LONGEST_DESCRIPTION: usize = 1024;
const LONGEST_COMPATIBILITY: usize = 500;

/// What the front matter of a `SKILL.md` says, by the rules of <https://agentskills.io/specification>.
pub(super) struct FrontMatter {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) license: Option<String>,
    pub(super) compatibility: Option<String>,
    pub(super) allowed_tools: Vec<String>,
    pub(super) metadata: Map<String, Value>,
}

impl FrontMatter {
    /// `folders` are the names that the skill's folder goes by.
    pub(super) fn of(mut fields: Fields, folders: &[String]) -> Result<Self, Fault> {
        let name = fields.required("name")?;
        check_name(&name, folders)?;
        let description = fields.required("description")?;
        no_longer(&description, "description", LONGEST_DESCRIPTION)?;
        let compatibility = fields.text("compatibility")?;
        if let Some(compatibility) = &compatibility {
            no_longer(compatibility, "compatibility", LONGEST_COMPATIBILITY)?;
        }
        let license = fields.text("license")?.map(|license| license.text);
        let allowed_tools = fields.names("allowed-tools")?.unwrap_or_default();
        Ok(FrontMatter {
            name: name.text,
            description: description.text.trim().to_owned(),
            license,
            compatibility: compatibility.map(|compatibility| compatibility.text),
            allowed_tools,
            metadata: fields.metadata()?,
        })
    }
}

fn check_name(name: &Text, folders: &[String]) -> Result<(), Fault> {
    no_longer(name, "name", LONGEST_NAME)?;
    let text = &name.text;
    let is_allowed = |c: char| c == '-' || c.is_alphanumeric() && c.to_lowercase().eq([c]);
    if !text.chars().all(is_allowed) {
        return Err(name.wrong(format!("`name` may hold lowercase letters, digits and hyphens, and it is `{text}`")));
    }
    if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        let rule = "`name` may not begin or end with a hyphen, nor hold two in a row";
        return Err(name.wrong(format!("{rule}, and it is `{text}`")));
    }
    match folders.first() {
        Some(folder) if !folders.contains(text) => {
            Err(name.wrong(format!("`name` must be that of the folder, `{folder}`, and it is `{text}`")))
        }
        _ => Ok(()),
    }
}

fn no_longer(text: &Text, key: &str, limit: usize) -> Result<(), Fault> {
    match text.text.chars().count() {
        count if count > limit => {
            Err(text.wrong(format!("`{key}` may have {limit} characters at most, and it has {count}")))
        }
        _ => Ok(()),
    }
}
