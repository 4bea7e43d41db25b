//! Limits, budget and breakers over the processes of a run.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cargo::{Cargo, Finished};
use crate::stub::{ANSWER, Stub};

/// A run that several processes share.
struct SharedRun<'a> {
    stub: &'a Stub,
    dir: tempfile::TempDir,
}

impl<'a> SharedRun<'a> {
    fn new(stub: &'a Stub) -> Self {
        SharedRun { stub, dir: tempfile::tempdir().unwrap() }
    }

    /// A process of the run that executes `test`.
    fn process(&self, test: &str) -> Cargo {
        Cargo::binary("agent", "limits", &["--exact", test])
            .env("STUB_URL", &self.stub.url)
            .env("AITEST_DIR", &self.dir.path().display().to_string())
            .env("AITEST_RUN_ID", "shared")
    }

    fn results(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.dir.path().join("results.json")).unwrap()).unwrap()
    }
}

/// Prices by which each answer of the stub costs 10 cents.
fn prices(folder: &Path) -> PathBuf {
    let path = folder.join("prices.toml");
    std::fs::write(&path, "[\"compatible/stub\"]\ninput = 0\noutput = 20000\n").unwrap();
    path
}

fn count(results: &Value, outcome: &str) -> u64 {
    results["run"]["totals"][outcome].as_u64().unwrap()
}

#[test]
fn a_provider_that_allows_two_at_once_fails_no_test() {
    let run = Cargo::test("agent", &["--test", "limits", "two_at_once", "--", "--test-threads=16"]).finish();
    assert_eq!(run.code, Some(0), "{run}");
    let results = run.results();
    assert_eq!((count(&results, "passed"), count(&results, "errored")), (160, 0), "{run}");
    let held = &results["run"]["held_back"][0];
    assert_eq!((&held["name"], &held["in_flight"]), (&"stub/two-at-once".into(), &16.into()));
    assert!(held["rate_limited"].as_u64().unwrap() > 0 && held["lowest_in_flight"].as_u64().unwrap() < 16, "{held}");
    assert!(run.stderr.contains("\nlimits: stub/two-at-once: 16 → "), "{run}");
    assert!(run.file("report.html").contains("stub/two-at-once: 16 → "));
}

#[test]
fn eight_processes_share_one_budget() {
    let stub = Stub::start("200 OK", ANSWER);
    let run = SharedRun::new(&stub);
    let prices = prices(run.dir.path()).display().to_string();
    let spawn = |_| {
        let process = run.process("asks").env("AITEST_ITERATIONS", "10");
        process.env("AITEST_MAX_COST", "$1.00").env("AITEST_PRICES", &prices).spawn()
    };
    let processes: Vec<_> = (0..8).map(spawn).collect();
    let outputs: Vec<_> = processes.into_iter().map(|(child, _)| child.wait_with_output().unwrap()).collect();
    let printed: String = outputs.iter().map(|output| String::from_utf8_lossy(&output.stderr)).collect();
    // Ten answers fit; each process has at most one more in flight.
    assert!((10..=17).contains(&stub.requests()), "{} requests\n{printed}", stub.requests());
    assert_eq!(printed.matches("80 % of the budget is spent: $").count(), 1, "{printed}");
    let budget = &run.results()["run"]["budget"];
    assert_eq!(budget["max_pico_usd"], 1_000_000_000_000_u64);
    assert_eq!(budget["spent_pico_usd"].as_u64().unwrap(), stub.requests() as u64 * 100_000_000_000);
}

#[test]
fn what_no_longer_fits_is_skipped_and_judged_as_missing() {
    let stub = Stub::start("200 OK", ANSWER);
    let folder = tempfile::tempdir().unwrap();
    let run = |test: &str, iterations: &str, more: (&str, &str)| {
        Cargo::binary("agent", "limits", &["--exact", test])
            .env("STUB_URL", &stub.url)
            .env("AITEST_ITERATIONS", iterations)
            .env("AITEST_MAX_COST", "0.45")
            .env("AITEST_PRICES", &prices(folder.path()).display().to_string())
            .env(more.0, more.1)
            .finish()
    };
    let short = run("asks", "6", ("AITEST_CONCURRENCY", "1"));
    assert_eq!(short.code, Some(101), "{short}");
    let outcomes: Vec<String> = short.outcomes("asks").into_values().collect();
    assert_eq!(outcomes, ["passed", "passed", "passed", "passed", "skipped", "skipped"], "{short}");
    assert_eq!(short.test("asks")["verdict"]["verdict"], "inconclusive");
    assert!(short.stderr.contains("\nbudget: $0.4000 of $0.4500\n"), "{short}");
    assert!(short.stdout.contains("the run's budget of $0.4500 is spent (AITEST_MAX_COST)"), "{short}");
    // Four at once start before anything is known; the fifth finds nothing left, and what is over is shown.
    let wide = run("asks", "8", ("AITEST_CONCURRENCY", "8"));
    assert!(wide.stderr.contains("budget: $0.8000 of $0.4500, $0.3500 more than it allows"), "{wide}");
    assert_eq!(wide.code, Some(0), "all of them ran: {wide}");
}

#[test]
fn with_a_budget_a_model_needs_a_price() {
    let stub = Stub::start("200 OK", ANSWER);
    let run = |test: &str| {
        Cargo::binary("agent", "limits", &["--exact", test])
            .env("STUB_URL", &stub.url)
            .env("AITEST_MAX_COST", "1")
            .finish()
    };
    for (test, model) in [("asks", "compatible/stub"), ("own_agent_without_a_price", "mine/secret-sauce")] {
        let run = run(test);
        assert_eq!(run.outcomes(test)[&1], "errored", "{run}");
        let message = run.test(test)["iterations"][0]["failure"]["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with(&format!("`{model}` has no price")), "{message}");
        assert!(message.contains(&format!("add to pricing.toml, in dollars per million tokens, [\"{model}\"] with")));
    }
    assert_eq!(stub.requests(), 0, "nothing was spent");
}

/// The second process finds the minute's only request booked. `AITEST_MAX_WAIT` bounds how long it waits.
#[test]
fn requests_in_a_minute_are_those_of_all_processes() {
    let stub = Stub::start("200 OK", ANSWER);
    let run = SharedRun::new(&stub);
    let ask = |run: &SharedRun<'_>| run.process("asks_once_a_minute").env("AITEST_MAX_WAIT", "100ms").finish();
    let first = ask(&run);
    assert_eq!(first.code, Some(0), "{first}");
    let second = ask(&run);
    assert_eq!(second.code, Some(101), "{second}");
    assert!(second.stdout.contains("the iteration waited longer than max_wait"), "{second}");
    assert_eq!(stub.requests(), 1);
    let other = ask(&SharedRun::new(&stub));
    assert_eq!(other.code, Some(0), "another run has a clock of its own: {other}");
}

#[test]
fn a_wrong_key_is_asked_for_once_in_a_run() {
    let stub = Stub::start("401 Unauthorized", r#"{"error":{"message":"Incorrect API key"}}"#);
    let run = SharedRun::new(&stub);
    let ask = || run.process("asks").env("AITEST_ITERATIONS", "5").finish();
    let processes: Vec<Finished> = (0..3).map(|_| ask()).collect();
    assert_eq!(stub.requests(), 1);
    for process in &processes {
        assert_eq!(process.code, Some(101), "{process}");
        assert!(process.stdout.contains("401 Unauthorized: Incorrect API key"), "{process}");
    }
    let warnings = processes.iter().map(|process| process.stderr.matches("asks it no more").count());
    assert_eq!(warnings.collect::<Vec<_>>(), [1, 0, 0]);
    assert_eq!(count(&run.results(), "errored"), 15);
}

#[test]
fn the_iterations_of_a_scripted_model_are_one_endpoint() {
    for test in ["refused", "refused_by_address"] {
        let run = Cargo::binary("agent", "limits", &["--exact", test]).finish();
        let test = run.test(test);
        for iteration in test["iterations"].as_array().unwrap() {
            assert_eq!(iteration["notes"][0], "asked 1", "{run}");
        }
    }
}

#[test]
fn a_ledger_that_cannot_be_written_costs_the_sharing_alone() {
    let stub = Stub::start("200 OK", ANSWER);
    let run = SharedRun::new(&stub);
    let folder = run.dir.path().join("runs/shared");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("limits"), "a file where the folder belongs").unwrap();
    let process = run.process("asks_once_a_minute").finish();
    assert_eq!(process.code, Some(0), "{process}");
    let warning = "limits and budget hold for each process alone";
    assert_eq!(process.stderr.matches(warning).count(), 1, "{process}");
}
