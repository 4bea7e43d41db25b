//! What agents are made of, and what each difference is worth.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::fixture::{run, test};
use crate::record::{AgentIdentity, AgentSetup, Fingerprint, RunRecord};
use crate::report::{Factor, Factors, Results, TerminalOptions, terminal_block};

/// An agent with its model, prompt, parameters and the outcomes in tests `t0`, `t1`, …
struct Made<'m> {
    model: &'m str,
    prompt: Option<&'m str>,
    params: &'m [(&'m str, &'m str)],
    outcomes: Vec<&'m str>,
}

fn made<'m>(model: &'m str, prompt: &'m str, outcomes: &[&'m str]) -> Made<'m> {
    Made { model, prompt: Some(prompt), params: &[], outcomes: outcomes.to_vec() }
}

fn run_of(agents: &[Made<'_>]) -> RunRecord {
    let mut all = run(Vec::new());
    for (place, agent) in agents.iter().enumerate() {
        let identity =
            AgentIdentity { provider: "openai".to_owned(), model: agent.model.to_owned(), ..AgentIdentity::default() };
        let prompt = agent.prompt.map(|text| {
            let (name, sha256) = text.split_once('/').unwrap_or((text, text));
            let part = Fingerprint { name: name.to_owned(), sha256: sha256.to_owned() };
            ("prompt".to_owned(), part)
        });
        let params = agent.params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let setup = AgentSetup {
            id: format!("{place:016x}"),
            agent: identity.label(),
            identity,
            parts: prompt.into_iter().collect(),
            params,
            ..AgentSetup::default()
        };
        for (number, outcomes) in agent.outcomes.iter().enumerate() {
            let mut test = test(&format!("t{number}"), outcomes).case(&format!("agent{place}")).build();
            test.iterations.values_mut().for_each(|record| record.setups = vec![setup.id.clone()]);
            all.tests.push(test);
        }
        all.setups.push(setup);
    }
    all
}

fn factors(run: &RunRecord) -> Option<Factors> {
    Results::from_run(run).comparison.and_then(|comparison| comparison.factors)
}

fn factor<'f>(factors: &'f Factors, name: &str) -> &'f Factor {
    factors.factors.iter().find(|factor| factor.name == name).unwrap_or_else(|| panic!("no {name}: {factors:#?}"))
}

const GOOD: [&str; 8] = ["pppppppppp"; 8];
const FAIR: [&str; 8] =
    ["ppppppppff", "pppppppfff", "ppppppppff", "pppppppppf", "ppppppppff", "pppppppfff", "ppppppppff", "pppppppppf"];
const POOR: [&str; 8] =
    ["ppppffffff", "ppppppffff", "ppppffffff", "pppppfffff", "ppppffffff", "ppppppffff", "ppppffffff", "pppppfffff"];

#[test]
fn crossed_factors_are_told_apart() {
    let run = run_of(&[
        made("large", "concise", &GOOD),
        made("small", "concise", &FAIR),
        made("large", "verbose", &GOOD),
        made("small", "verbose", &FAIR),
    ]);
    let found = factors(&run).unwrap();
    assert!(found.crossed);
    let model = factor(&found, "model");
    let levels: Vec<_> =
        model.levels.iter().map(|level| (level.name.as_str(), level.rate, level.agents.len())).collect();
    assert_eq!(levels, [("openai/large", Some(1.0), 2), ("openai/small", Some(0.8), 2)]);
    let pair = &model.pairs[0];
    // 2 of 2⁸ signs, among two pairs.
    assert_eq!(
        (pair.difference, pair.p, pair.p_corrected, pair.is_shown),
        (0.2, Some(0.007_812_5), Some(0.015_625), true)
    );
    let prompt = &factor(&found, "prompt").pairs[0];
    assert_eq!((prompt.difference, prompt.p, prompt.is_shown), (0.0, Some(1.0), false));
    assert!(found.interactions.iter().all(|interaction| !interaction.is_shown), "{:?}", found.interactions);
}

#[test]
fn an_interaction_is_claimed_where_its_interval_excludes_0() {
    let run = run_of(&[
        made("large", "concise", &GOOD),
        made("small", "concise", &FAIR),
        made("large", "verbose", &GOOD),
        made("small", "verbose", &POOR),
    ]);
    let found = factors(&run).unwrap();
    let [interaction] = &found.interactions[..] else { panic!("{found:?}") };
    assert_eq!(interaction.factors, ["model", "prompt"]);
    assert_eq!(interaction.levels[1], ["concise", "verbose"]);
    // large is 20 points ahead with concise, and 52.5 with verbose.
    assert!((interaction.difference - (0.2 - 0.525)).abs() < 1e-9, "{interaction:?}");
    assert!(interaction.is_shown && interaction.ci[1] < 0.0, "{interaction:?}");
}

#[test]
fn factors_that_are_not_crossed_are_named_and_not_judged() {
    let run = run_of(&[made("large", "concise", &GOOD), made("small", "verbose", &FAIR)]);
    let found = factors(&run).unwrap();
    assert!(!found.crossed && found.interactions.is_empty());
    for name in ["model", "prompt"] {
        let factor = factor(&found, name);
        assert!(factor.pairs.is_empty() && factor.levels.iter().all(|level| level.rate.is_none()), "{factor:?}");
    }
    let results = Results::from_run(&run);
    let agent = results.agents.iter().find(|agent| agent.name == "agent0").unwrap();
    let levels = [("model".to_owned(), "openai/large".to_owned()), ("prompt".to_owned(), "concise".to_owned())];
    assert_eq!(agent.factors, BTreeMap::from(levels));
}

#[test]
fn what_does_not_differ_is_no_factor() {
    let params: [&[(&str, &str)]; 2] = [&[("max_turns", "10"), ("temperature", "0")], &[("max_turns", "10")]];
    let agent = |params| Made { params, ..made("large", "concise", &GOOD) };
    let found = factors(&run_of(&[agent(params[0]), agent(params[1])])).unwrap();
    let names: Vec<&str> = found.factors.iter().map(|factor| factor.name.as_str()).collect();
    assert_eq!(names, ["temperature"]);
    let levels: Vec<&str> = factor(&found, "temperature").levels.iter().map(|level| level.name.as_str()).collect();
    assert_eq!(levels, ["0", "none"]);
    assert!(factors(&run_of(&[agent(params[0]), agent(params[0])])).is_none());
    let unknown = run(vec![test("t", "pp").case("a").build(), test("t", "pp").case("b").build()]);
    assert!(factors(&unknown).is_none(), "nobody told what these agents are");
}

#[test]
fn two_texts_of_one_name_are_told_by_their_hash() {
    let found =
        factors(&run_of(&[made("large", "concise/1a2b3c", &GOOD), made("large", "concise/4d5e6f", &FAIR)])).unwrap();
    let levels: Vec<&str> = factor(&found, "prompt").levels.iter().map(|level| level.name.as_str()).collect();
    assert_eq!(levels, ["concise 1a2b3c", "concise 4d5e6f"]);
}

#[test]
fn page_and_terminal_show_factors() {
    let run = run_of(&[
        made("large", "concise", &GOOD),
        made("small", "concise", &FAIR),
        made("large", "verbose", &GOOD),
        made("small", "verbose", &POOR),
    ]);
    let results = Results::from_run(&run);
    let block = terminal_block(&results, &TerminalOptions { unicode: true, ..TerminalOptions::default() });
    assert!(block.contains("model: openai/large 100%, openai/small 64%"), "{block}");
    let interaction =
        "model and prompt depend on each other:\n        openai/large less openai/small is 32 points more with ";
    assert!(block.contains(interaction), "{block}");
    #[cfg(feature = "html")]
    {
        let mut page = Vec::new();
        crate::report::write_html(&results, &mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        for text in ["<th scope=\"col\">model</th>", "openai/large and openai/small: 36 pp", "depend on each other"] {
            assert!(page.contains(text), "{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_agents_have_factors_or_none(
        agents in proptest::collection::vec((0_u8..3, 0_u8..3, proptest::collection::vec("[pf]{1,4}", 3)), 2..7),
    ) {
        let texts: Vec<(String, String)> =
            agents.iter().map(|(model, prompt, _)| (format!("m{model}"), format!("prompt{prompt}"))).collect();
        let made: Vec<Made<'_>> = agents.iter().zip(&texts).map(|((.., outcomes), (model, prompt))| Made {
            model, prompt: Some(prompt), params: &[], outcomes: outcomes.iter().map(String::as_str).collect(),
        }).collect();
        let Some(found) = factors(&run_of(&made)) else { return Ok(()) };
        for factor in &found.factors {
            prop_assert!(factor.levels.len() > 1);
            let agents: usize = factor.levels.iter().map(|level| level.agents.len()).sum();
            prop_assert_eq!(agents, made.len());
            for pair in &factor.pairs {
                prop_assert!(found.crossed && (-1.0..=1.0).contains(&pair.difference));
                prop_assert!(pair.p.unwrap() <= pair.p_corrected.unwrap());
            }
        }
        for interaction in &found.interactions {
            let [low, high] = interaction.ci;
            prop_assert!(found.crossed && -2.0 <= low && low <= interaction.difference + 1e-9);
            prop_assert!(interaction.difference <= high + 1e-9 && high <= 2.0);
        }
    }
}
