//! What agents are given, recorded with each run and compared between two.

use aitest_runtime::report::{Results, drift};

use crate::cargo::{Cargo, Finished};

fn run(description: &str) -> Finished {
    let run = Cargo::test("agent", &["--test", "given"]).env("DESCRIPTION", description).finish();
    assert_eq!(run.code, Some(0), "{run}");
    run
}

#[test]
fn a_changed_description_is_found_between_two_runs() {
    let [before, same, after] = ["Moves money.", "Moves money.", "Moves money, at once."].map(run);
    let [before, same, after] = [before, same, after].map(|run| run.file("results.json"));
    let [before, same, after] = [&before, &same, &after].map(|text| Results::parse(text).unwrap());
    assert!(drift(&before, &same).is_empty());
    let found = drift(&before, &after);
    let told = found.iter().map(|drift| drift.change.to_string()).collect::<Vec<_>>();
    assert_eq!(told, ["`transfer`: description changed"]);
    assert_eq!(found[0].change.diff(), "- Moves money.\n+ Moves money, at once.\n");
    let transfer = after.tests.iter().find(|test| test.path == "transfer").unwrap();
    assert_eq!(found[0].tests, [transfer.id]);
    assert_eq!(transfer.served_models, ["teller-1"]);
    assert!(transfer.source.as_deref().is_some_and(|source| source.len() == 16), "{:?}", transfer.source);
}

#[test]
fn two_agents_of_one_name_are_kept_apart() {
    let run = run("Moves money.");
    let results = run.results();
    let names = results["agents"].as_array().unwrap().iter().map(|agent| agent["name"].as_str().unwrap());
    assert!(names.clone().any(|name| name == "teller + teller (2)"), "{:?}", names.collect::<Vec<_>>());
    assert_eq!(results["warnings"][0]["code"], "one_name_for_two_agents", "{run}");
    let message = "agents of one name differ: `teller` and `teller (2)` have another system prompt";
    assert!(results["warnings"][0]["message"].as_str().unwrap().starts_with(message), "{run}");
    let page = run.file("report.html");
    assert!(
        page.contains("teller (2)") && page.contains(" · system prompt "),
        "what each was given stands in the facts"
    );
}

#[test]
fn a_resumed_run_knows_what_kept_iterations_were_given() {
    let folder = tempfile::tempdir().unwrap();
    let in_folder = |id: &str| {
        let cargo = Cargo::test("agent", &["--test", "given"]).env("DESCRIPTION", "Moves money.");
        cargo.env("AITEST_DIR", &folder.path().display().to_string()).env("AITEST_RUN_ID", id)
    };
    let first = in_folder("first").finish();
    assert_eq!(first.code, Some(0), "{first}");
    let resumed = in_folder("second").env("AITEST_RESUME", "first").finish();
    assert_eq!(resumed.code, Some(0), "{resumed}");
    let text = std::fs::read_to_string(folder.path().join("results.json")).unwrap();
    let results = Results::parse(&text).unwrap();
    let transfer = results.tests.iter().find(|test| test.path == "transfer").unwrap();
    assert!(transfer.iterations.iter().all(|iteration| iteration.kept_from.is_some()), "{resumed}");
    let setups = results.agents.iter().flat_map(|agent| &agent.setups);
    let setup = setups.into_iter().find(|setup| setup.id == transfer.setups[0]).unwrap();
    assert!(setup.servers[0].text.is_some() && setup.system_prompt.as_ref().is_some_and(|part| part.text.is_some()));
}
