use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::super::results::{Part, Results, Setup, Text};
use super::{Change, Subject};

/// Two setups of one agent, and the runs that they are from.
pub(super) struct Pair<'p> {
    pub(super) before: (&'p Setup<'p>, &'p Results<'p>),
    pub(super) after: (&'p Setup<'p>, &'p Results<'p>),
}

impl Pair<'_> {
    /// All that differs.
    pub(super) fn changes(&self) -> Vec<Change> {
        let ((before, _), (after, _)) = (self.before, self.after);
        let model = |setup: &Setup<'_>| Some(format!("{}/{}", setup.provider, setup.model));
        let mut changes = Vec::new();
        changes.extend(change(Subject::RequestedModel, "", model(before), model(after)));
        let prompts = [&before.system_prompt, &after.system_prompt].map(Option::as_slice);
        changes.extend(self.parts(prompts).into_iter().flat_map(|part| part.changed(Subject::SystemPrompt)));
        let skills = self.parts([&before.skills, &after.skills]);
        changes.extend(skills.into_iter().flat_map(|part| part.changed(Subject::Skill)));
        let servers = self.parts([&before.servers, &after.servers]);
        changes.extend(servers.into_iter().flat_map(tools));
        let names = before.params.keys().chain(after.params.keys());
        let value = |setup: &Setup<'_>, name: &str| setup.params.get(name).cloned();
        changes
            .extend(names.flat_map(|name| change(Subject::Parameter, name, value(before, name), value(after, name))));
        changes
    }

    /// The parts of one kind whose fingerprints differ, by name.
    fn parts(&self, [before, after]: [&[Part<'_>]; 2]) -> Vec<Differing> {
        let mut parts: BTreeMap<&str, [Option<&Part<'_>>; 2]> = BTreeMap::new();
        for (side, listed) in [before, after].into_iter().enumerate() {
            listed.iter().for_each(|part| parts.entry(&part.name).or_default()[side] = Some(part));
        }
        let differs = |sides: &[Option<&Part<'_>>; 2]| {
            let [before, after] = sides.map(|side| side.map(|part| &part.sha256));
            before != after
        };
        let runs = [self.before.1, self.after.1];
        let parts = parts.into_iter().filter(|(_, sides)| differs(sides));
        let told = parts.map(|(name, [before, after])| Differing {
            name: name.to_owned(),
            before: before.map(|part| text(part, runs[0])),
            after: after.map(|part| text(part, runs[1])),
        });
        told.collect()
    }
}

/// A part that is another one, or on one side alone.
struct Differing {
    name: String,
    before: Option<String>,
    after: Option<String>,
}

impl Differing {
    fn changed(self, subject: Subject) -> Option<Change> {
        change(subject, &self.name, self.before, self.after)
    }
}

/// The text of a part; its hash where the run does not hold it.
fn text(part: &Part<'_>, run: &Results<'_>) -> String {
    let text = match &part.text {
        Some(Text::Inline(text)) => Some(text),
        Some(Text::Shared { str }) => run.strings.get(*str),
        None => None,
    };
    text.map_or_else(|| format!("sha256 {}", part.sha256), ToString::to_string)
}

pub(super) fn change(subject: Subject, name: &str, before: Option<String>, after: Option<String>) -> Option<Change> {
    (before != after).then(|| Change { subject, name: name.to_owned(), before, after })
}

/// One tool of a server's listing.
#[derive(Deserialize)]
struct Listed {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    schema: Value,
}

/// What differs between the tools of a server. A listing that cannot be read has changed as a whole.
fn tools(server: Differing) -> Vec<Change> {
    let listed =
        |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str::<Vec<Listed>>(text).ok());
    let (Some(before), Some(after)) = (listed(&server.before), listed(&server.after)) else {
        return server.changed(Subject::Server).into_iter().collect();
    };
    let mut tools: BTreeMap<String, [Option<Listed>; 2]> = BTreeMap::new();
    for (side, listed) in [before, after].into_iter().enumerate() {
        for tool in listed {
            let name = tool.name.clone();
            tools.entry(name).or_default()[side] = Some(tool);
        }
    }
    tools.into_iter().flat_map(|(name, sides)| tool(&name, sides)).collect()
}

fn tool(name: &str, sides: [Option<Listed>; 2]) -> Vec<Change> {
    let pretty = |schema: &Value| serde_json::to_string_pretty(schema).ok();
    let changes = match sides {
        [Some(before), Some(after)] => [
            change(Subject::ToolDescription, name, Some(before.description), Some(after.description)),
            change(Subject::ToolSchema, name, pretty(&before.schema), pretty(&after.schema)),
        ],
        sides => {
            let [before, after] = sides.map(|side| side.map(|tool| tool.description));
            [change(Subject::Tool, name, before, after), None]
        }
    };
    changes.into_iter().flatten().collect()
}
