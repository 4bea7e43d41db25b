use std::path::{Path, PathBuf};

use crate::load::{Fault, Fields, LoadError, Node, Value, parse_json, read, wrong_type};

/// Where a hook has what it does, in the formats of Claude Code and GitHub Copilot.
const ACTIONS: [&str; 5] = ["command", "bash", "powershell", "prompt", "url"];

/// Something that a plugin has its host run at an event. aitest lists it and never runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hook {
    /// The event: `PreToolUse`, `sessionStart`.
    pub event: String,
    /// Which tools or sessions it is for.
    pub matcher: Option<String>,
    /// What it does: a command, a prompt or an address.
    pub action: String,
    /// The file.
    pub path: PathBuf,
}

/// The hooks in a file of hooks or settings.
pub(super) fn of_file(path: &Path) -> Result<Vec<Hook>, LoadError> {
    let text = read(path)?;
    let hooks = parse_json(&text).and_then(Fields::of_json).and_then(|mut fields| match fields.take("hooks") {
        Some(hooks) => of_node(hooks, path),
        None => Ok(Vec::new()),
    });
    hooks.map_err(|fault| fault.of(path))
}

/// The hooks of a map from events to lists. In a manifest the map may stand below one more `hooks`.
pub(super) fn of_node(node: Node, path: &Path) -> Result<Vec<Hook>, Fault> {
    let mut hooks = Vec::new();
    for (event, entries) in Fields::of_json(node)?.entries() {
        match entries.value {
            Value::Map(_) if event == "hooks" => hooks.extend(of_node(entries, path)?),
            Value::List(entries) => {
                for entry in entries {
                    of_entry(&event, entry, path, &mut hooks)?;
                }
            }
            // `description` and `version` of the whole.
            Value::Text(_) | Value::Plain(_) => {}
            Value::Map(_) => return Err(wrong_type(&event, "a list of hooks", &entries)),
        }
    }
    Ok(hooks)
}

/// One hook, or several with one matcher.
fn of_entry(event: &str, entry: Node, path: &Path, hooks: &mut Vec<Hook>) -> Result<(), Fault> {
    let mut fields = Fields::of_json(entry)?;
    let matcher = fields.optional("matcher")?;
    match fields.is_list("hooks") {
        true => {
            for inner in fields.list("hooks")? {
                hooks.push(hook(event, matcher.clone(), Fields::of_json(inner)?, path)?);
            }
        }
        false => hooks.push(hook(event, matcher, fields, path)?),
    }
    Ok(())
}

fn hook(event: &str, matcher: Option<String>, mut fields: Fields, path: &Path) -> Result<Hook, Fault> {
    for key in ACTIONS {
        if let Some(action) = fields.optional(key)? {
            return Ok(Hook { event: event.to_owned(), matcher, action, path: path.to_owned() });
        }
    }
    let action = fields.required("command")?.text;
    Ok(Hook { event: event.to_owned(), matcher, action, path: path.to_owned() })
}
