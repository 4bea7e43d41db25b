use std::fs;
use std::path::{Path, PathBuf};

use crate::load::{Folder, LoadError, bytes, decode, inside};

const FOLDER: &str = "references";

/// A file in a skill's `references/`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkillReference {
    /// Its path below `references/`, written with `/`: what the model asks for.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its text; `None` for an image or another file that is no UTF-8, and for one above 1 MiB.
    pub text: Option<String>,
}

/// The references of the skill in `folder`, whose real path is `root`; none without that folder.
pub(super) fn read(folder: &Path, root: &Path) -> Result<Vec<SkillReference>, LoadError> {
    let references = folder.join(FOLDER);
    if fs::symlink_metadata(&references).is_err() {
        return Ok(Vec::new());
    }
    inside(root, &references)?;
    let files = Folder::new(&references).part_of(root).find(&|_| true)?;
    files.into_iter().map(|path| reference(path, &references)).collect()
}

fn reference(path: PathBuf, references: &Path) -> Result<SkillReference, LoadError> {
    let below = path.strip_prefix(references).unwrap_or(&path);
    let name = below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
    Ok(SkillReference { name, text: decode(&bytes(&path)?).ok(), path })
}
