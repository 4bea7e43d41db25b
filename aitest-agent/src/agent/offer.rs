use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::AgentError;
use super::tool_name::{accepted, numbered};
use crate::provider::ToolDefinition;

/// The tools of all servers, each under a name that every provider accepts and that no other has.
#[derive(Debug, Default)]
pub(crate) struct Offer {
    tools: Vec<OfferedTool>,
    /// Place of each offered name in `tools`.
    places: BTreeMap<String, usize>,
}

/// The server of an offered tool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) name: &'a str,
    /// Its tools are offered whatever is allowed.
    pub(crate) always: bool,
}

/// A tool that may be called.
#[derive(Debug)]
pub(crate) struct OfferedTool {
    /// Place of its server.
    pub(crate) server: usize,
    /// The name that the server gave it.
    pub(crate) own_name: String,
    /// What the model is told, the offered name included.
    pub(crate) definition: ToolDefinition,
}

impl Offer {
    /// Offers the tools of `servers`: each server's name and its tools.
    pub(crate) fn of(servers: &[(&str, &[ToolDefinition])]) -> Self {
        let listed = listed(servers);
        let names = offered_names(servers, &listed);
        let tools = listed.into_iter().zip(names).map(|((server, tool), name)| OfferedTool {
            server,
            own_name: tool.name.clone(),
            definition: ToolDefinition { name, ..tool.clone() },
        });
        Offer::from_tools(tools.collect())
    }

    /// Only the tools that `allowed` names: by their own names, as `server.tool` or `server.*`, or as they are
    /// offered. Those of servers that are `always` offered stay.
    ///
    /// # Errors
    /// A name that no tool has, if `strict`.
    pub(crate) fn only(self, allowed: &[String], servers: &[Source<'_>], strict: bool) -> Result<Self, AgentError> {
        if let Some(tool) = self.unknown(allowed, servers).into_iter().next().filter(|_| strict) {
            let offered = self.places.into_keys().collect();
            return Err(AgentError::UnknownAllowedTool { tool, offered });
        }
        let stays = |tool: &OfferedTool| {
            let server = &servers[tool.server];
            server.always || allowed.iter().any(|name| tool.is(name, server))
        };
        let tools = self.tools.into_iter().filter(stays);
        Ok(Offer::from_tools(tools.collect()))
    }

    /// The names in `allowed` that no tool has.
    pub(crate) fn unknown(&self, allowed: &[String], servers: &[Source<'_>]) -> Vec<String> {
        let is_known = |name: &str| self.tools.iter().any(|tool| tool.is(name, &servers[tool.server]));
        allowed.iter().filter(|name| !is_known(name)).cloned().collect()
    }

    fn from_tools(tools: Vec<OfferedTool>) -> Self {
        let places = tools.iter().enumerate().map(|(place, tool)| (tool.definition.name.clone(), place)).collect();
        Offer { tools, places }
    }

    /// In the servers' order.
    pub(crate) fn tools(&self) -> &[OfferedTool] {
        &self.tools
    }

    /// The tool that is offered as `name`.
    pub(crate) fn tool(&self, name: &str) -> Option<&OfferedTool> {
        self.places.get(name).map(|place| &self.tools[*place])
    }

    /// The offered names, sorted.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.places.keys().map(String::as_str).collect()
    }
}

impl OfferedTool {
    /// Whether `name` names this tool of `server`.
    fn is(&self, name: &str, server: &Source<'_>) -> bool {
        let of_server = || name.strip_prefix(server.name)?.strip_prefix('.');
        let is_own = |of_server: &str| of_server == "*" || of_server == self.own_name;
        name == self.own_name || name == self.definition.name || of_server().is_some_and(is_own)
    }
}

/// Each server's tools, once each.
fn listed<'a>(servers: &[(&str, &'a [ToolDefinition])]) -> Vec<(usize, &'a ToolDefinition)> {
    let mut seen = BTreeSet::new();
    let all = servers.iter().enumerate().flat_map(|(place, (_, tools))| tools.iter().map(move |tool| (place, tool)));
    all.filter(|(place, tool)| seen.insert((*place, tool.name.as_str()))).collect()
}

/// A tool keeps its own name where it can. One that several servers have is offered as `server_tool`, and what is
/// still not unique is numbered.
fn offered_names(servers: &[(&str, &[ToolDefinition])], listed: &[(usize, &ToolDefinition)]) -> Vec<String> {
    let plain = listed.iter().map(|(_, tool)| accepted(&tool.name)).collect::<Vec<_>>();
    let mut owners: HashMap<&str, BTreeSet<usize>> = HashMap::new();
    for (name, (server, _)) in plain.iter().zip(listed) {
        owners.entry(name).or_default().insert(*server);
    }
    let wanted = listed.iter().zip(&plain).map(|((server, tool), name)| match owners[name.as_str()].len() {
        1 => name.clone(),
        _ => accepted(&format!("{}_{}", servers[*server].0, tool.name)),
    });
    let wanted = wanted.collect::<Vec<_>>();
    // Tools that can keep their own names choose first.
    let mut order = (0..listed.len()).collect::<Vec<_>>();
    order.sort_by_key(|place| wanted[*place] != listed[*place].1.name);
    let (mut names, mut taken) = (vec![String::new(); listed.len()], BTreeSet::new());
    for place in order {
        names[place] = numbered(&wanted[place], |name| !taken.contains(name));
        taken.insert(names[place].clone());
    }
    names
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn tools(names: &[&str]) -> Vec<ToolDefinition> {
        let tool = |name: &&str| ToolDefinition {
            name: (*name).to_owned(),
            description: String::new(),
            schema: Arc::default(),
        };
        names.iter().map(tool).collect()
    }

    fn offered(servers: &[(&str, &[&str])]) -> Vec<String> {
        let listed = servers.iter().map(|(name, names)| (*name, tools(names))).collect::<Vec<_>>();
        let listed = listed.iter().map(|(name, tools)| (*name, tools.as_slice())).collect::<Vec<_>>();
        Offer::of(&listed).tools().iter().map(|tool| tool.definition.name.clone()).collect()
    }

    #[test]
    fn names_are_own_where_they_can_be() {
        for (servers, names) in [
            (&[("a", &["x", "y"][..]), ("b", &["z"])][..], &["x", "y", "z"][..]),
            (&[("a", &["x", "y"]), ("b", &["x"])], &["a_x", "y", "b_x"]),
            (&[("a", &["x"]), ("a", &["x"])], &["a_x", "a_x_2"]),
            (&[("a", &["x", "a_x"]), ("b", &["x"])], &["a_x_2", "a_x", "b_x"]),
            (&[("a", &["x.y", "x_y", "x/y"])], &["x_y_2", "x_y", "x_y_3"]),
            (&[("a b", &["x.y"]), ("b", &["x_y"])], &["a_b_x_y", "b_x_y"]),
            (&[("a", &["x", "x"])], &["x"]),
            (&[("a", &["", "ünï", "*"])], &["_", "_n_", "__2"]),
        ] {
            assert_eq!(offered(servers), names, "{servers:?}");
        }
    }

    #[test]
    fn long_names_stay_apart() {
        let (one, two) = ("x".repeat(65), "x".repeat(66));
        let names = offered(&[("a", &[&one, &two, &one[1..]])]);
        assert!(names.iter().all(|name| name.len() == 64), "{names:?}");
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(names[2], "x".repeat(64), "a name that is accepted is kept");
    }

    #[test]
    fn allowed_by_any_of_a_tools_names() {
        let (one, two) = (tools(&["x", "y.z"]), tools(&["x"]));
        let servers = ["a", "b"].map(|name| Source { name, always: false });
        let offer = || Offer::of(&[("a", &one), ("b", &two)]);
        for (allowed, names) in [
            (&["x"][..], &["a_x", "b_x"][..]),
            (&["a.x"], &["a_x"]),
            (&["b_x", "y.z"], &["b_x", "y_z"]),
            (&["a.y.z"], &["y_z"]),
            (&["a.*"], &["a_x", "y_z"]),
            (&[], &[]),
        ] {
            let allowed = allowed.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
            assert_eq!(offer().only(&allowed, &servers, true).unwrap().names(), names, "{allowed:?}");
        }
        let unknown = ["c.x".to_owned()];
        let error = offer().only(&unknown, &servers, true).unwrap_err().to_string();
        assert_eq!(error, "allowed_tools names `c.x`, which no server offers; offered are: a_x, b_x, y_z");
        assert!(offer().only(&unknown, &servers, false).unwrap().tools().is_empty());
    }
}
