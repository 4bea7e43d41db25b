use std::collections::{BTreeMap, BTreeSet};

use crate::record::AgentSetup;

/// What a factor is when an agent has nothing of it.
const NONE: &str = "none";

/// The level of each factor that an agent has: the model, the prompt, …
pub(in super::super) type Levels = BTreeMap<String, String>;

/// A level as it is shown, and what tells it from another of the same name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Value {
    shown: String,
    sha256: String,
}

impl Value {
    fn of(shown: &str, sha256: &str) -> Self {
        Value { shown: shown.to_owned(), sha256: sha256.to_owned() }
    }
}

/// The levels of each agent in the factors that differ among them. `setups` are those of each agent; an agent whose
/// tests were given different things has all of them in its level. Empty for agents of which one has no setup.
pub(in super::super) fn levels(setups: &[Vec<&AgentSetup>]) -> Vec<Levels> {
    if setups.len() < 2 || setups.iter().any(Vec::is_empty) {
        return vec![Levels::new(); setups.len()];
    }
    let values: Vec<BTreeMap<String, BTreeSet<Value>>> = setups.iter().map(|setups| values_of(setups)).collect();
    let factors: BTreeSet<&String> = values.iter().flat_map(BTreeMap::keys).collect();
    let nothing = BTreeSet::from([Value::of(NONE, "")]);
    let mut levels = vec![Levels::new(); setups.len()];
    for factor in factors {
        let of_agents: Vec<&BTreeSet<Value>> =
            values.iter().map(|values| values.get(factor).unwrap_or(&nothing)).collect();
        let varies = of_agents.iter().any(|value| *value != of_agents[0]);
        // Other tools follow from other allowed tools.
        let follows = factor == "servers" && same_names(&of_agents) && differs(&values, "allowed tools");
        if varies && !follows {
            for (levels, value) in levels.iter_mut().zip(&of_agents) {
                levels.insert(factor.clone(), shown(value, &of_agents));
            }
        }
    }
    levels
}

fn values_of(setups: &[&AgentSetup]) -> BTreeMap<String, BTreeSet<Value>> {
    let mut values: BTreeMap<String, BTreeSet<Value>> = BTreeMap::new();
    let mut add = |factor: &str, value: Value| {
        values.entry(factor.to_owned()).or_default().insert(value);
    };
    for setup in setups {
        add("model", Value::of(&setup.identity.model_name(), ""));
        for (factor, part) in &setup.parts {
            add(factor, Value::of(&part.name, &part.sha256));
        }
        let names: Vec<&str> = setup.servers.iter().map(|server| server.name.as_str()).collect();
        let hashes: Vec<&str> = setup.servers.iter().map(|server| server.sha256.as_str()).collect();
        if !names.is_empty() {
            add("servers", Value::of(&names.join(", "), &hashes.join("")));
        }
        for (name, value) in &setup.params {
            add(name, Value::of(value, ""));
        }
    }
    values
}

fn same_names(values: &[&BTreeSet<Value>]) -> bool {
    let names = |value: &BTreeSet<Value>| value.iter().map(|value| value.shown.clone()).collect::<BTreeSet<_>>();
    values.iter().all(|value| names(value) == names(values[0]))
}

fn differs(values: &[BTreeMap<String, BTreeSet<Value>>], factor: &str) -> bool {
    values.iter().any(|agent| agent.get(factor) != values[0].get(factor))
}

/// The value, with the beginning of its hash where another has the same name.
fn shown(value: &BTreeSet<Value>, all: &[&BTreeSet<Value>]) -> String {
    let one = |value: &Value| {
        let is_twice =
            all.iter().flat_map(|values| values.iter()).any(|other| other.shown == value.shown && other != value);
        let hash: String = value.sha256.chars().take(6).collect();
        if is_twice { format!("{} {hash}", value.shown) } else { value.shown.clone() }
    };
    value.iter().map(one).collect::<Vec<_>>().join("; ")
}
