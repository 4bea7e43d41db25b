use std::path::Path;

use serde_json::{Map, Value as Json};

use crate::load::{Fault, LoadError, LoadErrorKind, Node, Value, parse_json, read};
use crate::mcp::{KEYS, McpConfigError, McpServer, servers_in};

/// What Claude Code puts for the plugin's folder.
const ROOT: &str = "${CLAUDE_PLUGIN_ROOT}";

/// The servers in a file of MCP servers: below `mcpServers` or `servers`, or all there is.
pub(super) fn of_file(path: &Path, plugin: &Path) -> Result<Vec<McpServer>, LoadError> {
    let text = read(path)?;
    let node = parse_json(&text).map_err(|fault| fault.of(path))?;
    let below = match &node.value {
        Value::Map(entries) => entries.iter().find(|(key, _)| KEYS.contains(&key.text.as_str())).map(|(_, node)| node),
        _ => None,
    };
    of_node(below.unwrap_or(&node), path, plugin)
}

/// The servers of a map from names to servers, which stands in the file `path`.
pub(super) fn of_node(node: &Node, path: &Path, plugin: &Path) -> Result<Vec<McpServer>, LoadError> {
    let Json::Object(servers) = rooted(node.clone().into_json(), &plugin.to_string_lossy()) else {
        let rule = format!("there must be servers by their names, and there is {}", node.kind());
        return Err(Fault::new(LoadErrorKind::WrongType, rule).at(node.line).of(path));
    };
    servers_in(&servers, path).map_err(|error| match error {
        McpConfigError::Server { server, key, problem, .. } => {
            let rule = format!("server `{server}`: `{key}` {problem}");
            Fault::new(LoadErrorKind::InvalidValue, rule).at(line_of(node, &server)).of(path)
        }
        error => Fault::new(LoadErrorKind::InvalidValue, error.to_string()).of(path),
    })
}

fn line_of(node: &Node, server: &str) -> usize {
    match &node.value {
        Value::Map(entries) => {
            entries.iter().find(|(key, _)| key.text == server).map_or(node.line, |(_, server)| server.line)
        }
        _ => node.line,
    }
}

/// `value` with the plugin's folder in all texts.
fn rooted(value: Json, plugin: &str) -> Json {
    match value {
        Json::String(text) => Json::String(text.replace(ROOT, plugin)),
        Json::Array(items) => items.into_iter().map(|item| rooted(item, plugin)).collect(),
        Json::Object(map) => {
            let map = map.into_iter().map(|(key, value)| (key, rooted(value, plugin)));
            Json::Object(map.collect::<Map<_, _>>())
        }
        other => other,
    }
}
