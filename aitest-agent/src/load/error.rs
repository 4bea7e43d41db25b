use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};

use aitest_runtime::host;

/// Why a file of a skill, prompt, agent, plugin or eval cannot be used. The message names the file, the line where one
/// is at fault, and the rule. Secrets are replaced in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    path: PathBuf,
    fault: Fault,
}

/// What kind of rule a [`LoadError`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// The file or folder is not there, or cannot be read.
    NotReadable,
    /// A file above 1 MiB, front matter above 64 KiB, or aliases that copy more than 1 MiB.
    TooLarge,
    /// The file is not UTF-8.
    NotUtf8,
    /// A link or a path leads out of the folder.
    OutsideFolder,
    /// The text is no front matter, no YAML or no JSON.
    Syntax,
    /// Something that must be there is not.
    Missing,
    /// A list where a text must be, for example.
    WrongType,
    /// A value that the format does not allow.
    InvalidValue,
    /// A key, name or id that is there twice.
    Duplicate,
    /// The file cannot be written.
    NotWritable,
}

impl LoadError {
    /// The file or folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The line, from 1; `None` where it is about the whole file or folder.
    pub fn line(&self) -> Option<usize> {
        self.fault.line
    }

    /// The kind of rule.
    pub fn kind(&self) -> LoadErrorKind {
        self.fault.kind
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LoadError { path, fault: Fault { line, rule, .. } } = self;
        match line {
            Some(line) => write!(f, "{}:{line}: {rule}", path.display()),
            None => write!(f, "{}: {rule}", path.display()),
        }
    }
}

impl StdError for LoadError {}

/// What is wrong in a file, before it is said in which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: Option<usize>,
    kind: LoadErrorKind,
    rule: String,
}

impl Fault {
    /// `rule` says what is wrong and what would be right.
    pub(crate) fn new(kind: LoadErrorKind, rule: impl AsRef<str>) -> Self {
        Fault { line: None, kind, rule: host::redact(rule.as_ref()) }
    }

    pub(crate) fn kind(&self) -> LoadErrorKind {
        self.kind
    }

    pub(crate) fn at(self, line: usize) -> Self {
        Fault { line: Some(line), ..self }
    }

    pub(crate) fn of(self, path: &Path) -> LoadError {
        LoadError { path: path.to_owned(), fault: self }
    }
}
