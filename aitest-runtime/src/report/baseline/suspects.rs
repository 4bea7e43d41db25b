use serde_json::json;

use super::{Baseline, BaselineTest};
use crate::report::drift::{Drift, drift};
use crate::report::results::{Part, Results, SCHEMA, Setup, Suspect, Test, Text};

/// What tests and agents were given otherwise than in the baseline. `pairs` has the counterpart of each test.
pub(super) fn suspects(results: &Results<'_>, baseline: &Baseline, pairs: &[Option<&BaselineTest>]) -> Vec<Suspect> {
    let Some(before) = as_results(results, baseline, pairs) else { return Vec::new() };
    let suspect = |Drift { change, tests }| Suspect { change: change.to_string(), diff: change.diff(), tests };
    drift(&before, results).into_iter().map(suspect).collect()
}

/// As much of the baseline's results as is looked at, each test under the id that it has now.
fn as_results(results: &Results<'_>, baseline: &Baseline, pairs: &[Option<&BaselineTest>]) -> Option<Results<'static>> {
    let test = |(test, before): (&Test<'_>, &Option<&BaselineTest>)| {
        let before = (*before)?;
        Some(json!({
            "id": test.id, "path": before.path, "stability": "unknown",
            "source": before.source, "setups": before.setups, "served_models": before.served_models,
        }))
    };
    let tests: Vec<serde_json::Value> = results.tests.iter().zip(pairs).filter_map(test).collect();
    let agents = json!([{ "id": "", "name": "", "setups": baseline.setups }]);
    let run = json!({ "id": "", "complete": true });
    serde_json::from_value(json!({ "schema": SCHEMA, "run": run, "agents": agents, "tests": tests })).ok()
}

/// What the agents of a run were given, each once, with its texts.
pub(super) fn setups(results: &Results<'_>) -> Vec<Setup<'static>> {
    let mut setups: Vec<Setup<'static>> = Vec::new();
    for setup in results.agents.iter().flat_map(|agent| &agent.setups) {
        if !setups.iter().any(|known| known.id == setup.id) {
            setups.push(owned(setup, results));
        }
    }
    setups
}

fn owned(setup: &Setup<'_>, results: &Results<'_>) -> Setup<'static> {
    let parts = |parts: &[Part<'_>]| parts.iter().map(|part| owned_part(part, results)).collect();
    Setup {
        id: setup.id.to_string().into(),
        provider: setup.provider.to_string().into(),
        model: setup.model.to_string().into(),
        system_prompt: setup.system_prompt.as_ref().map(|part| owned_part(part, results)),
        skills: parts(&setup.skills),
        servers: parts(&setup.servers),
        params: std::borrow::Cow::Owned(setup.params.clone().into_owned()),
    }
}

fn owned_part(part: &Part<'_>, results: &Results<'_>) -> Part<'static> {
    let text = match &part.text {
        Some(Text::Inline(text)) => Some(text.to_string()),
        Some(Text::Shared { str }) => results.strings.get(*str).map(ToString::to_string),
        None => None,
    };
    Part {
        name: part.name.to_string().into(),
        sha256: part.sha256.to_string().into(),
        text: text.map(|text| Text::Inline(text.into())),
    }
}
