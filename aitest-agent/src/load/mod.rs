//! Files that others wrote: Markdown with front matter, YAML, folders of them. What is wrong is named with file, line and
//! rule.

mod error;
mod fields;
mod folder;
mod front_matter;
mod json;
mod text;
mod yaml;

pub use error::{LoadError, LoadErrorKind};
pub use folder::Folder;

pub(crate) use error::Fault;
pub(crate) use fields::{Fields, Text, wrong_type};
pub(crate) use folder::{inside, unique_names};
pub(crate) use front_matter::Document;
pub(crate) use json::parse as parse_json;
pub(crate) use text::{bytes, decode, read};
pub(crate) use yaml::{Node, Value, parse as parse_yaml};
