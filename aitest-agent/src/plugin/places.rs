use std::fs;
use std::path::{Path, PathBuf};

use crate::load::{Fault, Folder, LoadError, LoadErrorKind, inside};

/// Where the parts of a plugin are. Those that a manifest names are there; others may be.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) agents: Vec<PathBuf>,
    pub(super) skills: Vec<PathBuf>,
    pub(super) prompts: Vec<PathBuf>,
    pub(super) instructions: Vec<PathBuf>,
    pub(super) servers: Vec<PathBuf>,
    pub(super) hooks: Vec<PathBuf>,
}

impl Places {
    /// Of a folder with a manifest, where its hosts look.
    pub(super) fn of_plugin(root: &Path) -> Self {
        Places {
            agents: below(root, &["agents"]),
            skills: below(root, &["skills"]),
            prompts: below(root, &["commands"]),
            instructions: below(root, &["AGENTS.md", "CLAUDE.md", "copilot-instructions.md", "instructions"]),
            servers: below(root, &[".mcp.json", ".github/mcp.json"]),
            hooks: below(root, &["hooks.json", "hooks/hooks.json"]),
        }
    }

    /// Of a `.github` folder.
    pub(super) fn of_github(root: &Path) -> Self {
        Places {
            agents: below(root, &["agents"]),
            skills: below(root, &["skills"]),
            prompts: below(root, &["prompts"]),
            instructions: below(root, &["copilot-instructions.md", "instructions"]),
            servers: below(root, &["mcp.json"]),
            hooks: below(root, &["hooks"]),
        }
    }

    /// Of a `.claude` folder.
    pub(super) fn of_claude(root: &Path) -> Self {
        Places {
            agents: below(root, &["agents"]),
            skills: below(root, &["skills"]),
            prompts: below(root, &["commands"]),
            instructions: below(root, &["CLAUDE.md"]),
            servers: Vec::new(),
            hooks: below(root, &["settings.json"]),
        }
    }

    /// Of a project's folder, with a `.github` or `.claude` in it.
    pub(super) fn of_project(root: &Path) -> Self {
        let mut places = Places::of_github(&root.join(".github"));
        let claude = Places::of_claude(&root.join(".claude"));
        places.agents.extend(claude.agents);
        places.skills.extend(claude.skills);
        places.prompts.extend(claude.prompts);
        places.instructions.extend(claude.instructions);
        places.hooks.extend(claude.hooks);
        places.instructions.extend(below(root, &["AGENTS.md", "CLAUDE.md"]));
        places.servers.extend(below(root, &[".mcp.json", ".vscode/mcp.json"]));
        places
    }
}

fn below(root: &Path, names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| root.join(name)).collect()
}

/// The files at `places` that exist, each once: a file itself, of a folder those that `pattern` matches. None may be
/// outside of the folder whose real path is `root`.
pub(super) fn files(places: &[PathBuf], pattern: &str, root: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let (mut files, mut seen) = (Vec::new(), Vec::new());
    for place in places.iter().filter(|place| fs::symlink_metadata(place).is_ok()) {
        let real = inside(root, place)?;
        let found = match real.is_dir() {
            true => Folder::new(place).include(pattern).part_of(root).find(&|_| false)?,
            false => vec![place.clone()],
        };
        for file in found {
            let real = inside(root, &file)?;
            if !seen.contains(&real) {
                seen.push(real);
                files.push(file);
            }
        }
    }
    Ok(files)
}

/// A path that a manifest names: below the plugin's folder.
pub(super) fn named(folder: &Path, root: &Path, name: &str) -> Result<PathBuf, Fault> {
    let path = folder.join(name);
    let is_below = Path::new(name)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    match (is_below, fs::symlink_metadata(&path).is_ok()) {
        (false, _) => {
            let rule = format!("`{name}` must be a path below the plugin's folder, without `..`");
            Err(Fault::new(LoadErrorKind::OutsideFolder, rule))
        }
        (true, false) => {
            Err(Fault::new(LoadErrorKind::NotReadable, format!("there is no `{name}` in the plugin's folder")))
        }
        (true, true) => match inside(root, &path) {
            Ok(_) => Ok(path),
            Err(_) => {
                Err(Fault::new(LoadErrorKind::OutsideFolder, format!("`{name}` leads out of the plugin's folder")))
            }
        },
    }
}
