//! How iterations end: one run of the project that ends in every way.

use std::sync::OnceLock;

use serde_json::Value;

use crate::cargo::{Cargo, Finished};

/// All tests of `plain`'s `outcomes`, five iterations each, run once.
fn run() -> &'static Finished {
    static RUN: OnceLock<Finished> = OnceLock::new();
    RUN.get_or_init(|| {
        Cargo::test("plain", &["--test", "outcomes"])
            .env("AITEST_ITERATIONS", "5")
            .env("AITEST_SEED", "1")
            .env("DEMO_API_KEY", "key-0123456789abcdef")
            .finish()
    })
}

fn count(path: &str, outcome: &str) -> usize {
    run().outcomes(path).values().filter(|name| *name == outcome).count()
}

fn verdict(path: &str) -> String {
    run().test(path)["verdict"]["verdict"].as_str().expect("a verdict").to_owned()
}

fn failure(path: &str, number: u64) -> Value {
    let test = run().test(path);
    let iterations = test["iterations"].as_array().expect("iterations").clone();
    iterations.into_iter().find(|it| it["n"] == number).expect("the iteration")["failure"].clone()
}

#[test]
fn a_reliable_test_passes() {
    assert_eq!((count("reliable", "passed"), verdict("reliable").as_str()), (5, "passed"), "{}", run());
    assert_eq!(run().test("reliable")["stability"], "reliable");
    assert_eq!(run().test("reliable")["title"], "Passes always.");
}

#[test]
fn a_flaky_test_passes_at_its_threshold() {
    assert_eq!(count("flaky", "passed"), 4);
    assert_eq!(run().test("flaky")["stability"], "flaky");
    assert_eq!(verdict("flaky"), "passed");
    let failure = failure("flaky", 3);
    assert_eq!(failure["message"], "iteration 3 of 5 is a multiple of 3");
    assert!(failure["location"].as_str().unwrap().starts_with("tests/outcomes.rs:"), "{failure}");
}

#[test]
fn usage_is_priced_and_summed() {
    let test = run().test("flaky");
    let spend = &test["iterations"][0]["spend"]["agent"];
    assert_eq!(spend["usage"]["input_tokens"], 450, "{test:#}");
    // 450 tokens at $0.25 and 38 at $2.00 per million.
    assert_eq!(spend["cost_pico_usd"], 188_500_000);
    assert_eq!(test["stats"]["spend"]["agent"]["cost_pico_usd"], 5 * 188_500_000);
}

#[test]
fn a_returned_error_keeps_its_place() {
    let failure = failure("returns_an_error", 1);
    assert_eq!(failure["message"], "invalid digit found in string");
    assert!(failure["location"].as_str().unwrap().starts_with("tests/outcomes.rs:"), "{failure}");
}

#[test]
fn an_exit_code_decides() {
    assert_eq!(count("returns_an_exit_code", "passed"), 4);
    assert!(failure("returns_an_exit_code", 2)["message"].as_str().unwrap().contains("returned ExitCode"));
}

#[test]
fn panics_of_every_kind_become_messages() {
    assert_eq!(failure("panics_with_a_number", 1)["message"], "panicked with a value that is no text");
    let thread = failure("spawns_a_thread_that_panics", 1);
    assert!(thread["message"].as_str().unwrap().starts_with("the thread is well"), "{thread}");
    let task = failure("spawns_a_task_that_panics", 1);
    assert!(task["message"].as_str().unwrap().starts_with("the task is well"), "{task}");
}

#[test]
fn only_the_first_panic_of_a_test_is_symbolized() {
    let frames = failure("broken", 1)["backtrace"].as_str().expect("frames").to_owned();
    assert!(frames.contains("outcomes::broken") && !frames.contains("aitest_runtime"), "{frames}");
    assert!(failure("broken", 2)["backtrace"].is_null());
}

#[test]
fn a_transient_error_gets_another_attempt() {
    // Both attempts of iteration 1 fail; the first is kept as an earlier one.
    assert_eq!(run().outcomes("infrastructure_once")[&1], "errored");
    assert_eq!(verdict("infrastructure_once"), "not_graded");
    let test = run().test("infrastructure_once");
    assert_eq!(test["iterations"][0]["attempt"], 2, "{test:#}");
    assert_eq!(test["earlier_attempts"].as_array().unwrap().len(), 1);
    assert_eq!(failure("infrastructure_once", 1)["message"], "no route to model");
}

#[test]
fn an_infrastructure_error_counts_only_when_it_ended_the_body() {
    assert_eq!(count("infrastructure_handled", "failed"), 5);
    assert_eq!(count("infrastructure_unwrapped", "errored"), 5);
}

#[test]
fn errored_iterations_leave_the_rate_within_their_budget() {
    assert_eq!(
        (count("infrastructure_within_budget", "errored"), verdict("infrastructure_within_budget").as_str()),
        (1, "passed")
    );
    assert_eq!(run().test("infrastructure_within_budget")["stats"]["n"], 4);
    assert_eq!(verdict("infrastructure_always"), "not_graded");
    assert_eq!(run().test("infrastructure_always")["stability"], "unknown");
}

#[test]
fn a_slow_iteration_times_out_and_the_others_go_on() {
    assert_eq!(run().outcomes("too_slow_async")[&1], "timed_out");
    assert_eq!(count("too_slow_async", "passed"), 4);
    assert!(failure("too_slow_async", 1)["message"].as_str().unwrap().contains("time limit of 50ms"));
}

#[test]
fn an_async_body_that_blocks_is_named() {
    assert_eq!(run().outcomes("blocks_its_thread")[&1], "timed_out");
    let message = failure("blocks_its_thread", 1)["message"].as_str().unwrap().to_owned();
    assert!(message.contains("blocked its thread") && message.contains("spawn_blocking"), "{message}");
    assert_eq!(count("blocks_its_thread", "passed"), 4);
}

#[test]
fn a_sync_body_over_its_limit_leaks_its_thread_and_skips_the_rest() {
    assert_eq!(run().outcomes("too_slow_sync")[&1], "timed_out");
    assert_eq!(count("too_slow_sync", "skipped"), 4);
    assert!(failure("too_slow_sync", 2)["message"].as_str().unwrap().contains("thread cannot be ended"));
}

#[test]
fn should_panic_is_judged_in_each_iteration() {
    assert_eq!(count("panics_as_expected", "passed"), 4);
    assert_eq!(failure("panics_as_expected", 3)["message"], "the body did not panic as expected (should_panic)");
}

#[test]
fn a_hook_that_another_library_installs_is_noticed() {
    assert!(
        failure("hook_replaced", 1)["message"]
            .as_str()
            .unwrap()
            .ends_with("(location unknown: another panic hook is installed)")
    );
    assert_eq!(failure("hook_replaced", 2)["message"], "iteration 2", "ours is back");
}

#[test]
fn an_ignored_test_leaves_nothing() {
    assert!(run().stdout.contains("test ignored ... ignored, not today"));
    assert!(run().results()["tests"].as_array().unwrap().iter().all(|test| test["path"] != "ignored"));
}

#[test]
fn no_output_holds_a_secret() {
    let run = run();
    let mut files = vec![run.stdout.clone(), run.stderr.clone(), run.file("report.html"), run.file("results.json")];
    for folder in std::fs::read_dir(run.dir.path().join("runs")).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            files.push(std::fs::read_to_string(file.unwrap().path()).unwrap_or_default());
        }
    }
    assert!(files.iter().all(|text| !text.contains("0123456789abcdef")), "the key is in an output");
    assert!(files.iter().any(|text| text.contains("[redacted:DEMO_API_KEY]")));
}

#[test]
fn failing_iterations_do_not_flood_the_output() {
    assert_eq!(run().stdout.matches("nothing works").count(), 1, "{}", run());
}
