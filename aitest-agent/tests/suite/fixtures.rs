//! Files in the formats' published shapes, and what is said of them.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

/// A file or folder of `tests/files`.
pub(crate) fn files(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)
}

/// An error's message, with `~/` for the folder of the fixtures.
pub(crate) fn said<T>(result: Result<T, impl Display>) -> String {
    let error = result.err().expect("it is refused");
    error.to_string().replace(&files("").display().to_string(), "~/")
}

/// A folder of its own with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// An error's message, with `~` for `folder`.
pub(crate) fn said_in<T>(folder: &tempfile::TempDir, result: Result<T, impl Display>) -> String {
    let error = result.err().expect("it is refused");
    error.to_string().replace(&folder.path().display().to_string(), "~")
}
