//! Files that others wrote: Markdown with front matter, YAML, folders of them. What is wrong is named with file, line and
//! rule.

mod error;
mod fields;
mod folder;
mod front_matter;
mod text;
mod yaml;

pub use error::{LoadError, LoadErrorKind};
pub use folder::Folder;

pub(crate) use error::Fault;
pub(crate) use fields::{Fields, Text};
pub(crate) use folder::inside;
pub(crate) use front_matter::Document;
pub(crate) use text::{LONGEST_FILE, decode, read};
