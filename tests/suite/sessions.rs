//! Sessions, end to end.

use serde_json::Value;

use crate::cargo::{Cargo, Finished};

fn run(test: &str) -> Finished {
    Cargo::binary("agent", "sessions", &["--exact", test]).env("AITEST_SEED", "7").finish()
}

/// Name and outcome of the steps of one iteration.
fn steps(iteration: &Value) -> Vec<(&str, &str)> {
    let steps = iteration["steps"].as_array().expect("steps").iter();
    steps.map(|step| (step["name"].as_str().unwrap(), step["outcome"].as_str().unwrap())).collect()
}

#[test]
fn a_session_runs_its_steps_in_order_and_later_ones_are_skipped() {
    let run = run("savings::session");
    let test = run.test("savings::session");
    assert_eq!((run.code, &test["verdict"]["verdict"]), (Some(0), &Value::from("passed")), "{run}");
    assert_eq!(test["title"], "Moves half of what there is");
    let iterations = test["iterations"].as_array().unwrap();
    let mut seen = [0; 2];
    for iteration in iterations {
        let (outcome, steps) = (iteration["outcome"].as_str().unwrap(), steps(iteration));
        let names: Vec<&str> = steps.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["asks_balance", "transfers", "looks_back", "thanks"]);
        let outcomes: Vec<&str> = steps.iter().map(|(_, outcome)| *outcome).collect();
        match outcome {
            "passed" => assert_eq!(outcomes, ["passed"; 4]),
            _ => assert_eq!(outcomes, ["passed", "failed", "skipped", "skipped"]),
        }
        seen[usize::from(outcome == "passed")] += 1;
        assert_eq!(iteration["notes"][0], "messages 4", "every iteration has a history of its own");
    }
    assert!(seen[0] > 0 && seen[1] > 0, "the seed shows both: {seen:?}");
    let failed = iterations.iter().find(|iteration| iteration["outcome"] == "failed").unwrap();
    let step = &failed["steps"][1];
    assert_eq!(step["failure"]["location"], "tests/sessions.rs:54:9", "{step:#}");
    assert!(step["failure"]["message"].as_str().unwrap().contains("the wrong amount: Moved 0."));
    // The prompt of each step and its answer.
    assert_eq!((&step["first_turn"], &step["turns"]), (&2.into(), &2.into()), "{step:#}");
    assert_eq!(failed["turns"][2]["text"], "Transfer 750.");
}

#[test]
fn step_rates_are_those_of_the_iterations_that_reached_them() {
    let run = run("savings::session");
    let test = run.test("savings::session");
    let passed = test["stats"]["passed"].as_u64().unwrap();
    let rate = |name: &str| {
        let steps = test["steps"].as_array().expect("steps of the test");
        let step = steps.iter().find(|step| step["name"] == name).unwrap();
        (step["passed"].as_u64().unwrap(), step["n"].as_u64().unwrap())
    };
    assert_eq!(rate("asks_balance"), (12, 12), "{run}");
    assert_eq!(rate("transfers"), (passed, 12));
    assert_eq!(rate("thanks"), (passed, passed));
}

#[test]
fn agents_run_the_same_steps() {
    let run = Cargo::binary("agent", "sessions", &["compared"]).finish();
    assert_eq!(run.code, Some(0), "{run}");
    let results = run.results();
    let cases: Vec<_> = results["tests"].as_array().unwrap().iter().map(|test| test["case"].clone()).collect();
    assert_eq!(cases, ["first", "second"]);
    assert!(run.stdout.contains("test compared::session::second ... ok"), "{run}");
}

#[test]
fn a_step_that_errors_is_named() {
    let run = run("broken::session");
    let test = run.test("broken::session");
    assert_eq!(test["verdict"]["verdict"], "not_graded", "{run}");
    let expected = [("begins", "passed"), ("asks", "errored"), ("never", "skipped")];
    assert_eq!(steps(&test["iterations"][0]), expected);
}

#[test]
fn a_step_that_is_too_slow_is_named() {
    let run = run("slow::session");
    let iteration = &run.test("slow::session")["iterations"][0];
    assert_eq!(steps(iteration), [("waits", "timed_out"), ("never", "skipped")], "{run}");
    assert_eq!(iteration["steps"][0]["turns"], 2, "what was said before the limit belongs to the step");
}

#[test]
fn without_an_agent_no_step_is_reached() {
    let run = run("unbuilt::session");
    let test = run.test("unbuilt::session");
    assert_eq!(test["iterations"][0]["outcome"], "errored", "{run}");
    assert!(test["iterations"][0].get("steps").is_none(), "{test:#}");
}

#[test]
fn every_iteration_has_servers_of_its_own() {
    let run = run("stateful::session");
    assert_eq!(run.code, Some(0), "{run}");
    assert_eq!(run.outcomes("stateful::session").len(), 4);
}

#[test]
fn asking_for_a_step_alone_says_what_to_do() {
    let run = Cargo::binary("agent", "sessions", &["savings::transfers"]).finish();
    let line = "test savings::transfers::step ... ignored, a step of a session: run `cargo test savings::session`";
    assert!(run.code == Some(0) && run.stdout.contains(line), "{run}");

    let run = Cargo::binary("agent", "sessions", &["savings::transfers", "--include-ignored"]).finish();
    assert_eq!(run.code, Some(101), "{run}");
    let message = "`transfers` is a step of `savings::session`, and the steps before it are part of it: run `cargo test \
                   savings::session`";
    assert!(run.stdout.contains(message), "{run}");

    // Whoever runs all that is ignored asks for no step.
    let run = Cargo::binary("agent", "sessions", &["compared", "--include-ignored"]).finish();
    assert_eq!(run.code, Some(0), "{run}");
}
