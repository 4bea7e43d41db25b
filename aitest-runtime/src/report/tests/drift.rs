use super::fixture::{Given, give, run, test};
use crate::record::RunRecord;
use crate::report::{Drift, Results, Subject, drift, write_json};

/// Two tests, `balance` and `transfer`, of one agent.
fn given(given: &Given) -> RunRecord {
    let mut run = run(vec![test("balance", "pp").build(), test("transfer", "pf").build()]);
    give(&mut run, "balance", given);
    give(&mut run, "transfer", given);
    run
}

/// What changed, read from the runs' results as they are written.
fn between(before: &RunRecord, after: &RunRecord) -> Vec<Drift> {
    let [before, after] = [before, after].map(|run| {
        let mut out = Vec::new();
        write_json(&Results::from_run(run), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    });
    drift(&Results::parse(&before).unwrap(), &Results::parse(&after).unwrap())
}

fn told(drift: &[Drift]) -> Vec<String> {
    drift.iter().map(|drift| format!("{} ({})", drift.change, drift.tests.len())).collect()
}

#[test]
fn the_same_is_no_drift() {
    let run = given(&Given::teller());
    assert!(between(&run, &run).is_empty());
    let results = Results::from_run(&run);
    assert_eq!(results.agents[0].setups.len(), 1, "both tests were given the same");
    assert_eq!(results.tests[0].setups, results.tests[1].setups);
}

#[test]
fn a_changed_description_is_named_with_its_diff() {
    let mut other = Given::teller();
    other.tools[1].1 = "Moves money, at once";
    let found = between(&given(&Given::teller()), &given(&other));
    assert_eq!(told(&found), ["`transfer`: description changed (2)"]);
    assert_eq!(found[0].change.diff(), "- Moves money\n+ Moves money, at once\n");
}

#[test]
fn a_changed_schema_is_named_with_its_diff() {
    let mut other = Given::teller();
    other.tools[1].2 = r#"{"type":"object","required":["amount"]}"#;
    let found = between(&given(&Given::teller()), &given(&other));
    assert_eq!(told(&found), ["`transfer`: schema changed (2)"]);
    assert_eq!(
        found[0].change.diff(),
        "  {\n+   \"required\": [\n+     \"amount\"\n+   ],\n    \"type\": \"object\"\n  }\n"
    );
}

#[test]
fn each_part_of_a_setup_is_told_apart() {
    let mut other = Given { model: "bank-2", skill: Some("Never guess."), ..Given::teller() };
    other.system = Some("You are a teller.\nBe very brief.");
    other.tools = vec![("balance", "Tells a balance", "{}"), ("deposit", "Takes money", "{}")];
    other.params = vec![("max_turns", "10"), ("temperature", "0.2")];
    let (before, mut after) = (given(&Given::teller()), given(&other));
    after.tests[1].source = Some("0000000000000001".to_owned());
    let found = between(&before, &after);
    assert_eq!(
        told(&found),
        [
            "the test's source changed (1)",
            "requested model: scripted/bank-1 → scripted/bank-2 (2)",
            "system prompt changed (2)",
            "skill `terse` added (2)",
            "tool `deposit` added (2)",
            "tool `transfer` removed (2)",
            "`temperature`: not set → 0.2 (2)",
        ]
    );
    assert_eq!(found[2].change.diff(), "  You are a teller.\n- Be brief.\n+ Be very brief.\n");
    assert_eq!(found[0].tests, [after.tests[1].id]);
    let back = between(&after, &before);
    assert!(told(&back).contains(&"skill `terse` removed (2)".to_owned()));
}

#[test]
fn another_served_model_is_named_unless_another_was_asked_for() {
    let served = |mut run: RunRecord, model: &str| {
        for record in run.tests.iter_mut().flat_map(|test| test.iterations.values_mut()) {
            record.turns[2].served_model = Some(model.to_owned());
        }
        run
    };
    let teller = || given(&Given::teller());
    let found = between(&served(teller(), "bank-1-0301"), &served(teller(), "bank-1-0601"));
    assert_eq!(told(&found), ["served model: bank-1-0301 → bank-1-0601 (2)"]);
    let asked = given(&Given { model: "bank-2", ..Given::teller() });
    let found = between(&served(teller(), "bank-1-0301"), &served(asked, "bank-2-0601"));
    assert_eq!(told(&found), ["requested model: scripted/bank-1 → scripted/bank-2 (2)"]);
    assert!(between(&teller(), &served(teller(), "bank-1-0301")).is_empty(), "unknown before is no change");
}

#[test]
fn a_server_that_comes_or_goes_is_named() {
    let without = Given { tools: Vec::new(), ..Given::teller() };
    assert_eq!(told(&between(&given(&Given::teller()), &given(&without))), ["server `bank` removed (2)"]);
    assert_eq!(told(&between(&given(&without), &given(&Given::teller()))), ["server `bank` added (2)"]);
}

#[test]
fn a_text_that_is_lost_is_a_change_all_the_same() {
    let mut after = given(&Given { system: Some("Be kind."), ..Given::teller() });
    after.texts.clear();
    let found = between(&given(&Given::teller()), &after);
    assert_eq!(found[0].change.subject, Subject::SystemPrompt);
    assert!(found[0].change.after.as_deref().unwrap().starts_with("sha256 "));
}

#[test]
fn tests_of_one_run_alone_are_passed_over() {
    let mut more = given(&Given { model: "bank-2", ..Given::teller() });
    more.tests.truncate(1);
    assert_eq!(between(&given(&Given::teller()), &more)[0].tests.len(), 1);
    more.tests[0].id.0 = 4711;
    assert!(between(&given(&Given::teller()), &more).is_empty());
}

#[test]
fn a_prompt_that_differs_in_each_iteration_is_one_change() {
    let varied = |texts: [&'static str; 2]| {
        let mut run = run(vec![test("balance", "p").build(), test("again", "p").build()]);
        give(&mut run, "balance", &Given { system: Some(texts[0]), ..Given::teller() });
        give(&mut run, "again", &Given { system: Some(texts[1]), ..Given::teller() });
        let second = run.tests[1].iterations[&1].clone();
        run.tests[0].iterations.insert(2, second);
        run.tests.truncate(1);
        run
    };
    assert_eq!(told(&between(&varied(["a1", "a2"]), &varied(["b1", "b2"]))), ["system prompt changed (1)"]);
}
