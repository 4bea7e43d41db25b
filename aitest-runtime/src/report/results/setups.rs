use std::borrow::Cow;
use std::collections::BTreeSet;

use super::transcript::Strings;
use super::{Part, Setup};
use crate::record::{AgentSetup, RunRecord, TestRecord};

/// What agents were given, and the texts of it.
pub(super) struct SetupTable<'a, 's> {
    pub(super) run: &'a RunRecord,
    pub(super) strings: &'s mut Strings<'a>,
}

impl<'a> SetupTable<'a, '_> {
    /// The setups with these ids.
    pub(super) fn of(&mut self, ids: &[&str]) -> Vec<Setup<'a>> {
        let setups = self.run.setups.iter().filter(|setup| ids.contains(&setup.id.as_str()));
        setups.map(|setup| self.setup(setup)).collect()
    }

    /// The records of these ids.
    pub(super) fn records(&self, ids: &[&str]) -> Vec<&'a AgentSetup> {
        self.run.setups.iter().filter(|setup| ids.contains(&setup.id.as_str())).collect()
    }

    fn setup(&mut self, setup: &'a AgentSetup) -> Setup<'a> {
        Setup {
            id: setup.id.as_str().into(),
            provider: setup.identity.provider.as_str().into(),
            model: setup.identity.model.as_str().into(),
            system_prompt: setup.system_prompt.as_ref().map(|sha256| self.part("", sha256)),
            skills: setup.skill_texts.iter().map(|skill| self.part(&skill.name, &skill.sha256)).collect(),
            servers: setup.servers.iter().map(|server| self.part(&server.name, &server.sha256)).collect(),
            params: Cow::Borrowed(&setup.params),
        }
    }

    fn part(&mut self, name: &'a str, sha256: &'a str) -> Part<'a> {
        let text = self.run.texts.get(sha256).map(|text| self.strings.shared(text));
        Part { name: name.into(), sha256: sha256.into(), text }
    }
}

/// The ids of what the agents of a test were given, each once, in the order of their first runs.
pub(super) fn setups_of<'a>(pool: &[&'a TestRecord]) -> Vec<Cow<'a, str>> {
    let mut ids: Vec<Cow<'a, str>> = Vec::new();
    for id in pool.iter().flat_map(|test| test.executions()).flat_map(|record| &record.setups) {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.as_str().into());
        }
    }
    ids
}

/// The models that providers say they served to a test, sorted.
pub(super) fn served_models<'a>(pool: &[&'a TestRecord]) -> Vec<Cow<'a, str>> {
    let turns = pool.iter().flat_map(|test| test.executions()).flat_map(|record| &record.turns);
    let served: BTreeSet<&str> = turns.filter_map(|turn| turn.served_model.as_deref()).collect();
    served.into_iter().map(Cow::Borrowed).collect()
}
