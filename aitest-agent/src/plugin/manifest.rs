use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json};

use super::places::{Places, named};
use crate::load::{Fault, Fields, LoadError, LoadErrorKind, Node, Text, Value, inside, parse_json, read, wrong_type};

/// Where hosts look for a manifest, in this order.
const MANIFESTS: [&str; 4] =
    [".plugin/plugin.json", "plugin.json", ".github/plugin/plugin.json", ".claude-plugin/plugin.json"];
const LONGEST_NAME: usize = 64;

/// What a `plugin.json` says.
pub(super) struct Manifest {
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
    pub(super) metadata: Map<String, Json>,
    pub(super) places: Places,
    /// Servers that stand in the manifest itself.
    pub(super) servers: Option<Node>,
    /// The same for hooks.
    pub(super) hooks: Option<Node>,
}

impl Manifest {
    /// The manifest of the plugin in `folder`, whose real path is `root`, if it has one.
    pub(super) fn find(folder: &Path, root: &Path) -> Result<Option<Self>, LoadError> {
        let path = MANIFESTS.iter().map(|name| folder.join(name)).find(|path| path.is_file());
        let Some(path) = path else { return Ok(None) };
        inside(root, &path)?;
        let text = read(&path)?;
        let fields = parse_json(&text).and_then(Fields::of_json);
        let manifest = fields.and_then(|fields| Manifest::of(fields, &path, folder, root));
        manifest.map(Some).map_err(|fault| fault.of(&path))
    }

    fn of(mut fields: Fields, path: &Path, folder: &Path, root: &Path) -> Result<Self, Fault> {
        let name = fields.required("name")?;
        check_name(&name)?;
        let mut places = Places::of_plugin(folder);
        for (key, places) in [
            ("agents", &mut places.agents),
            ("skills", &mut places.skills),
            ("commands", &mut places.prompts),
            ("instructions", &mut places.instructions),
        ] {
            for text in paths(&mut fields, key)? {
                places.push(named(folder, root, &text.text).map_err(|fault| fault.at(text.line))?);
            }
        }
        let mut inline = |key: &str, places: &mut Vec<PathBuf>| match fields.take(key) {
            None => Ok(None),
            Some(node @ Node { value: Value::Map(_), .. }) => Ok(Some(node)),
            Some(Node { value: Value::Text(text), line }) => {
                places.push(named(folder, root, &text).map_err(|fault| fault.at(line))?);
                Ok(None)
            }
            Some(node) => Err(wrong_type(key, "a path or a map", &node)),
        };
        let servers = inline("mcpServers", &mut places.servers)?;
        let hooks = inline("hooks", &mut places.hooks)?;
        Ok(Manifest {
            path: path.to_owned(),
            name: name.text,
            version: fields.optional("version")?,
            description: fields.optional("description")?,
            metadata: fields.rest(),
            places,
            servers,
            hooks,
        })
    }
}

fn check_name(name: &Text) -> Result<(), Fault> {
    let text = &name.text;
    let is_allowed = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    match is_allowed && text.len() <= LONGEST_NAME && !text.starts_with('-') && !text.ends_with('-') {
        true => Ok(()),
        false => {
            let rule = "`name` may have 64 letters, digits and hyphens in between at most";
            Err(name.wrong(format!("{rule}, and it is `{text}`")))
        }
    }
}

/// A path, or a list of paths.
fn paths(fields: &mut Fields, key: &str) -> Result<Vec<Text>, Fault> {
    match fields.is_list(key) {
        true => fields.texts(key),
        false => Ok(fields.text(key)?.into_iter().collect()),
    }
}

/// The plugin's folder has no manifest, nor is it a project's.
pub(super) fn missing(folder: &Path) -> LoadError {
    let rule =
        format!("this is no plugin: there is neither a manifest ({}) nor `.github` or `.claude`", MANIFESTS.join(", "));
    Fault::new(LoadErrorKind::Missing, rule).of(folder)
}
