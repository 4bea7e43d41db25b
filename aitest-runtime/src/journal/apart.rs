use std::collections::HashMap;

use crate::record::{AgentSetup, IterationRecord, RunRecord, Warning};

/// The names of setups that are not the first agent of their name, by the setups' ids.
type Renamed = HashMap<String, String>;

/// Keeps agents apart that were given one name and are not the same: the second one is `name (2)`, and a warning says
/// so. An agent without a name of its own is its model, which may get other tools from each test.
pub(super) fn keep_apart(run: &mut RunRecord) {
    let (renamed, warnings) = renamed(&run.setups);
    if renamed.is_empty() {
        return;
    }
    for test in &mut run.tests {
        let records = test.iterations.values_mut().map(Box::as_mut).chain(&mut test.earlier);
        records.for_each(|record| rename(record, &run.setups, &renamed));
    }
    for setup in &mut run.setups {
        if let Some(name) = renamed.get(&setup.id) {
            setup.agent.clone_from(name);
        }
    }
    run.warnings.extend(warnings);
}

fn renamed(setups: &[AgentSetup]) -> (Renamed, Vec<Warning>) {
    let mut kinds: HashMap<&str, Vec<&AgentSetup>> = HashMap::new();
    let (mut renamed, mut warnings) = (Renamed::new(), Vec::new());
    for setup in setups.iter().filter(|setup| setup.identity.name.is_some()) {
        let kinds = kinds.entry(&setup.agent).or_default();
        let place = kinds.iter().position(|known| known.is_same_agent(setup)).unwrap_or_else(|| {
            kinds.push(setup);
            kinds.len() - 1
        });
        if place > 0 {
            let name = format!("{} ({})", setup.agent, place + 1);
            if !renamed.values().any(|known| *known == name) {
                warnings.push(warning(kinds[0], setup, &name));
            }
            renamed.insert(setup.id.clone(), name);
        }
    }
    (renamed, warnings)
}

fn warning(first: &AgentSetup, other: &AgentSetup, name: &str) -> Warning {
    let message = format!(
        "agents of one name differ: `{}` and `{name}` have another {}; give them names of their own with `Agent::named`",
        first.agent,
        first.differences(other).join(", ")
    );
    Warning { code: "one_name_for_two_agents".to_owned(), message }
}

/// Replaces the labels of `record` that mean a renamed setup.
fn rename(record: &mut IterationRecord, setups: &[AgentSetup], renamed: &Renamed) {
    let used = |id: &String| setups.iter().find(|setup| setup.id == *id);
    let used: Vec<&AgentSetup> = record.setups.iter().filter_map(used).collect();
    if !used.iter().any(|setup| renamed.contains_key(&setup.id)) {
        return;
    }
    let mut names: Vec<String> = Vec::new();
    for label in std::mem::take(&mut record.agents) {
        let of_label = used.iter().filter(|setup| setup.agent == label);
        let of_label = of_label.map(|setup| renamed.get(&setup.id).unwrap_or(&label).clone()).collect::<Vec<_>>();
        for name in if of_label.is_empty() { vec![label] } else { of_label } {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    record.agents = names;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{AgentIdentity, RunId};

    fn setup(id: &str, name: Option<&str>, system: &str, turns: &str) -> AgentSetup {
        let name = name.map(str::to_owned);
        let identity = AgentIdentity { name, model: "m".to_owned(), ..AgentIdentity::default() };
        AgentSetup {
            id: id.to_owned(),
            agent: identity.label(),
            identity,
            system_prompt: Some(system.to_owned()),
            params: [("max_turns".to_owned(), turns.to_owned())].into(),
            ..AgentSetup::default()
        }
    }

    fn run(setups: Vec<AgentSetup>) -> RunRecord {
        let id = RunId("r".to_owned());
        let (processes, tests, texts) = (Vec::new(), Vec::new(), std::collections::BTreeMap::new());
        let (warnings, held_back, budget, cassettes) = (Vec::new(), Vec::new(), None, None);
        RunRecord { id, processes, tests, setups, texts, warnings, held_back, budget, cassettes, torn_lines: 0 }
    }

    #[test]
    fn two_agents_of_one_name_are_kept_apart_with_one_warning() {
        let setups = vec![
            setup("1", Some("teller"), "a", "3"),
            setup("2", Some("teller"), "b", "3"),
            setup("3", Some("teller"), "b", "4"),
            setup("4", Some("teller"), "a", "9"),
        ];
        let mut run = run(setups);
        keep_apart(&mut run);
        let names = run.setups.iter().map(|setup| setup.agent.as_str()).collect::<Vec<_>>();
        assert_eq!(names, ["teller", "teller (2)", "teller (2)", "teller"], "limits make no other agent");
        let messages = run.warnings.iter().map(|warning| warning.message.as_str()).collect::<Vec<_>>();
        assert_eq!(
            messages,
            [
                "agents of one name differ: `teller` and `teller (2)` have another system prompt; give them names of their \
              own with `Agent::named`"
            ]
        );
    }

    #[test]
    fn a_model_may_be_given_anything() {
        let mut run = run(vec![setup("1", None, "a", "3"), setup("2", None, "b", "3")]);
        keep_apart(&mut run);
        assert!(run.warnings.is_empty() && run.setups.iter().all(|setup| setup.agent == "m"));
    }
}
