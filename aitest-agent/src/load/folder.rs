use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::text::unreadable;
use super::{Fault, LoadError, LoadErrorKind};

/// Folders that hold no files of the project's own.
const SKIPPED: [&str; 3] = [".git", "node_modules", "target"];

/// Files in a folder and the folders below it. Every loader of several files takes one, or a path.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # fn test() -> Result<(), aitest::LoadError> {
/// use aitest::Folder;
///
/// let all = aitest::load_skills("skills")?;
/// let some = aitest::load_skills(Folder::new("skills").include("bank-*/**").exclude("**/drafts/**"))?;
/// # Ok(())
/// # }
/// ```
///
/// A pattern is matched with the path below the folder, written with `/`: `*` and `?` stand for anything but `/`, `**`
/// for any folders, `[a-z]` for a character, `{md,txt}` for one of several. `.git`, `node_modules` and `target` are not
/// looked into. A link that leads out of the folder is an error; `exclude` it.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    include: Vec<String>,
    exclude: Vec<String>,
    /// The real path of the folder that no link may lead out of, if it is not this one.
    root: Option<PathBuf>,
}

impl<P: Into<PathBuf>> From<P> for Folder {
    fn from(path: P) -> Self {
        Folder { path: path.into(), include: Vec::new(), exclude: Vec::new(), root: None }
    }
}

impl Folder {
    /// All files of the format in `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        path.into().into()
    }

    /// Reads what this pattern matches, whatever it is named, instead of what is named as the format says. Several
    /// patterns add up.
    #[must_use]
    pub fn include(mut self, pattern: impl Into<String>) -> Self {
        self.include.push(pattern.into());
        self
    }

    /// Leaves out what this pattern matches. Several patterns add up.
    #[must_use]
    pub fn exclude(mut self, pattern: impl Into<String>) -> Self {
        self.exclude.push(pattern.into());
        self
    }

    /// Lets links lead to anything in the folder whose real path is `root`.
    pub(crate) fn part_of(self, root: &Path) -> Self {
        Folder { root: Some(root.to_owned()), ..self }
    }

    /// The files, sorted by their paths. Without `include` those whose path `is_named` so; `what` they are is for the
    /// message when there are none.
    pub(crate) fn files(&self, what: &str, is_named: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, LoadError> {
        let files = self.find(is_named)?;
        match files.is_empty() {
            false => Ok(files),
            true => Err(Fault::new(LoadErrorKind::Missing, format!("no {what} is in this folder")).of(&self.path)),
        }
    }

    /// The same, and there may be none.
    pub(crate) fn find(&self, is_named: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, LoadError> {
        for pattern in self.include.iter().chain(&self.exclude) {
            fast_glob::validate(pattern).map_err(|error| {
                let rule = format!("`{pattern}` is no pattern: {error}");
                Fault::new(LoadErrorKind::InvalidValue, rule).of(&self.path)
            })?;
        }
        let real = canonical(&self.path)?;
        let root = self.root.clone().unwrap_or_else(|| real.clone());
        let mut walk = Walk { folder: self, is_named, seen: BTreeSet::from([real]), root, files: Vec::new() };
        walk.enter(&self.path, "")?;
        Ok(walk.files)
    }

    fn leaves_out(&self, relative: &str) -> bool {
        self.exclude.iter().any(|pattern| fast_glob::glob_match(pattern, relative))
    }
}

struct Walk<'a> {
    folder: &'a Folder,
    is_named: &'a dyn Fn(&Path) -> bool,
    /// The real path of the folder that no link leads out of.
    root: PathBuf,
    /// The real paths of the folders that were entered: links may lead in a circle.
    seen: BTreeSet<PathBuf>,
    files: Vec<PathBuf>,
}

impl Walk<'_> {
    fn enter(&mut self, folder: &Path, relative: &str) -> Result<(), LoadError> {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let mut entries = entries.map_err(|error| unreadable(&error).of(folder))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            let below = format!("{relative}{}", name.to_string_lossy());
            if SKIPPED.iter().any(|skipped| name == *skipped) || self.folder.leaves_out(&below) {
                continue;
            }
            self.take(&entry.path(), &below)?;
        }
        Ok(())
    }

    fn take(&mut self, path: &Path, relative: &str) -> Result<(), LoadError> {
        let is_folder = path.is_dir();
        let wanted = match self.folder.include.as_slice() {
            [] => (self.is_named)(path),
            patterns => patterns.iter().any(|pattern| fast_glob::glob_match(pattern, relative)),
        };
        if !is_folder && !wanted {
            return Ok(());
        }
        let real = inside(&self.root, path)?;
        if !is_folder {
            self.files.push(path.to_owned());
        } else if self.seen.insert(real) {
            self.enter(path, &format!("{relative}/"))?;
        }
        Ok(())
    }
}

fn canonical(path: &Path) -> Result<PathBuf, LoadError> {
    fs::canonicalize(path).map_err(|error| unreadable(&error).of(path))
}

/// The real path of `path`, which must be in the folder whose real path is `root`.
pub(crate) fn inside(root: &Path, path: &Path) -> Result<PathBuf, LoadError> {
    let real = canonical(path)?;
    match real.starts_with(root) {
        true => Ok(real),
        false => Err(Fault::new(LoadErrorKind::OutsideFolder, "this link leads out of the folder").of(path)),
    }
}

/// # Errors
/// Two items of a folder have one name.
pub(crate) fn unique_names<T>(items: &[T], key: impl Fn(&T) -> (&str, &Path)) -> Result<(), LoadError> {
    let mut seen = BTreeMap::new();
    for (name, path) in items.iter().map(key) {
        if let Some(first) = seen.insert(name, path) {
            let rule = format!("`{name}` is the name in {} too", first.display());
            return Err(Fault::new(LoadErrorKind::Duplicate, rule).of(path));
        }
    }
    Ok(())
}
