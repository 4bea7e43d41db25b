//! A run that keeps what an earlier one finished.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cargo::{Cargo, Finished};

/// An output folder that several runs share.
struct Runs(tempfile::TempDir);

impl Runs {
    fn new() -> Self {
        Runs(tempfile::tempdir().unwrap())
    }

    fn folder(&self, run: &str) -> PathBuf {
        self.0.path().join("runs").join(run)
    }

    /// The run `id` of the test `cut_off` alone.
    fn run(&self, id: &str) -> Cargo {
        self.share(Cargo::binary("plain", "resumed", &["--exact", "cut_off"]).env("AITEST_RUN_ID", id))
    }

    fn share(&self, cargo: Cargo) -> Cargo {
        cargo.env("AITEST_DIR", &self.0.path().display().to_string()).env("AITEST_SEED", "7")
    }

    /// The run `first`, whose process ends in iteration 4.
    fn cut_off(&self) -> Finished {
        let run = self.run("first").env("EXITS_IN", "4").finish();
        assert_eq!(run.code, Some(101), "{run}");
        assert_eq!(ran(&run), [1, 2, 3, 4]);
        run
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    fn results(&self) -> Value {
        serde_json::from_str(&self.file("results.json")).unwrap()
    }

    /// Number, outcome, and the run it is kept from, of each iteration of `cut_off` in the newest results.
    fn iterations(&self) -> Vec<(u64, String, Option<String>)> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let results = self.results();
        let test = results["tests"].as_array().unwrap().iter().find(|test| test["path"] == "cut_off").unwrap();
        let iterations = test["iterations"].as_array().unwrap().iter();
        iterations
            .map(|it| (it["n"].as_u64().unwrap(), text(&it["outcome"]).unwrap(), text(&it["kept_from"])))
            .collect()
    }

    fn kept(&self) -> Vec<Option<String>> {
        self.iterations().into_iter().map(|(.., kept_from)| kept_from).collect()
    }
}

/// The iterations of `cut_off` that ran.
fn ran(run: &Finished) -> Vec<u32> {
    let numbers = run.stdout.lines().filter_map(|line| line.strip_prefix("ran cut_off "));
    numbers.map(|number| number.parse().unwrap()).collect()
}

fn journal(run: &Path) -> PathBuf {
    let paths = std::fs::read_dir(run).unwrap().map(|entry| entry.unwrap().path());
    paths.into_iter().find(|path| path.extension().is_some_and(|end| end == "jsonl")).expect("a journal")
}

fn change(path: &Path, change: impl FnOnce(String) -> String) {
    let text = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, change(text)).unwrap();
}

fn from(run: &str, count: usize) -> Vec<Option<String>> {
    vec![Some(run.to_owned()); count]
}

#[test]
fn what_is_finished_is_kept_and_the_rest_runs() {
    let whole = Runs::new();
    assert_eq!(whole.run("whole").finish().code, Some(0));
    let runs = Runs::new();
    runs.cut_off();
    let run = runs.run("second").env("AITEST_RESUME", "first").finish();
    assert_eq!((run.code, ran(&run)), (Some(0), vec![4, 5, 6]), "{run}");
    assert_eq!(runs.kept(), [from("first", 3), vec![None; 3]].concat());
    let outcomes = |runs: &Runs| runs.iterations().into_iter().map(|(n, outcome, _)| (n, outcome)).collect::<Vec<_>>();
    assert_eq!(outcomes(&runs), outcomes(&whole), "the same seed");

    let results = runs.results();
    assert_eq!(results["run"]["resumed"]["run"], "first");
    assert_eq!(results["run"]["resumed"]["iterations"], 3);
    let cost = |value: &Value| value["agent"]["cost_pico_usd"].as_u64().unwrap();
    assert_eq!(cost(&results["run"]["resumed"]["spend"]) * 2, cost(&results["run"]["totals"]["spend"]));
    assert_eq!(results["run"]["complete"], true);
    let kept = "3 of 6 iterations are kept from run first, which paid $0.0006 of the cost";
    assert!(run.stderr.contains(&format!("\nresume: {kept}\n")) && run.stderr.contains(", 3 kept"), "{run}");
    let page = runs.file("report.html");
    assert!(page.contains(kept) && page.contains("kept from run first"), "the page says so");
    assert_eq!(page.matches(", kept</td>").count(), 3);
}

#[test]
fn a_resumed_run_can_be_resumed_with_more_iterations_and_under_every_runner() {
    let runs = Runs::new();
    runs.cut_off();
    runs.run("second").env("AITEST_RESUME", "first").finish();
    std::fs::remove_dir_all(runs.folder("first")).unwrap();
    let run = Cargo::nextest("plain", &["--test", "resumed", "--no-capture"]).env("AITEST_RUN_ID", "third");
    let run = runs.share(run).env("AITEST_RESUME", "second").env("AITEST_ITERATIONS", "8").finish();
    assert_eq!((run.code, ran(&run)), (Some(0), vec![7, 8]), "{run}");
    assert_eq!(runs.kept(), [from("first", 3), from("second", 3), vec![None; 2]].concat());
    assert_eq!(run.stdout.matches("ran done").count(), 8, "it has nothing to keep: {run}");
    assert_eq!(runs.results()["run"]["resumed"]["iterations"], 6);
    // The long texts of kept iterations are there though their run is gone.
    let blobs: Vec<_> = std::fs::read_dir(runs.folder("third").join("blobs")).unwrap().collect();
    assert_eq!(blobs.len(), 1, "all attach the same text");

    let run = runs.run("fourth").env("AITEST_RESUME", "third").env("AITEST_ITERATIONS", "2").finish();
    assert_eq!((run.code, ran(&run)), (Some(0), Vec::new()), "nothing is missing: {run}");
    assert_eq!(runs.kept(), from("first", 2));
    assert!(
        run.stderr.contains("6 finished iterations are not kept from run third: they are of another seed, or"),
        "{run}"
    );
}

#[test]
fn a_rerun_runs_whole() {
    let runs = Runs::new();
    runs.cut_off();
    let run = Cargo::nextest("plain", &["--retries", "1", "--no-capture", "-E", "test(=cut_off)"]);
    let run = runs.share(run).env("AITEST_RESUME", "first").env("EXITS_IN", "5").finish();
    assert_eq!(ran(&run), [4, 5, 1, 2, 3, 4, 5], "{run}");
}

#[test]
fn errored_iterations_run_again() {
    let runs = Runs::new();
    let first = runs.run("first").env("ERRORS_IN", "2").env("AITEST_RETRY_ERRORED", "0").finish();
    assert_eq!(first.code, Some(101), "{first}");
    let run = runs.run("second").env("AITEST_RESUME", "first").finish();
    assert_eq!((run.code, ran(&run)), (Some(0), vec![2]), "{run}");
    assert_eq!(runs.kept(), [from("first", 1), vec![None], from("first", 4)].concat());
}

#[test]
fn a_budget_is_for_what_runs_now() {
    let runs = Runs::new();
    // An iteration costs $0.0001885: a fourth would be above it.
    let spending = |id: &str| runs.run(id).env("AITEST_MAX_COST", "0.0007");
    let first = spending("first").finish();
    assert_eq!(ran(&first), [1, 2, 3], "{first}");
    let hint = "note:   3 iterations are missing: AITEST_RESUME=first runs them alone";
    assert!(first.stderr.contains(hint), "{first}");
    let run = spending("second").env("AITEST_RESUME", "first").finish();
    assert_eq!((run.code, ran(&run)), (Some(0), vec![4, 5, 6]), "{run}");
    assert!(!run.stderr.contains("are missing"), "{run}");
    let spent = runs.results()["run"]["budget"]["spent_pico_usd"].clone();
    assert_eq!(spent, 3 * 188_500_000);
}

#[test]
fn the_seed_is_that_of_the_run_unless_it_is_given() {
    let runs = Runs::new();
    runs.cut_off();
    let run = runs.run("second").env("AITEST_RESUME", "first").env("AITEST_SEED", "").finish();
    assert_eq!((run.code, ran(&run)), (Some(0), vec![4, 5, 6]), "{run}");
    assert_eq!(runs.results()["run"]["seed"], 7);
    let run = runs.run("third").env("AITEST_RESUME", "first").env("AITEST_SEED", "8").finish();
    assert_refused(&run, "the seed is 8, that of run first was 7: write AITEST_SEED=7");
}

/// No iteration ran, and the message says why.
fn assert_refused(run: &Finished, why: &str) {
    assert_eq!((run.code, ran(run)), (Some(101), Vec::new()), "{run}");
    let message = format!("aitest configuration: AITEST_RESUME: {why}");
    assert!(run.stdout.contains(&message) && run.stdout.contains("no iteration was run"), "{message}: {run}");
}

#[test]
fn a_run_that_cannot_be_resumed_is_an_error() {
    let runs = Runs::new();
    let resume = |id: &str| runs.run("second").env("AITEST_RESUME", id);
    let place = runs.folder("");
    let place = place.display().to_string();
    let place = place.trim_end_matches('/');
    assert_refused(&resume("first").finish(), &format!("no run `first` in {place}; there is none"));
    runs.cut_off();
    assert_refused(&resume("fist").finish(), &format!("no run `fist` in {place}; the newest are `first`"));
    assert_refused(&resume("../first").finish(), "`../first` is not accepted; write up to 128 letters");
    assert_refused(&resume("second").finish(), "`second` is this run's own id: a run resumes another one");
    let only = resume("first").env("AITEST_ONLY", "2").finish();
    assert_refused(&only, "AITEST_ONLY says which iterations run, whatever is done: unset one of the two");

    let lock = File::options().write(true).open(runs.folder("first").join("live.lock")).unwrap();
    lock.lock_shared().unwrap();
    let under_way = "the run `first` is under way: resume it when its last process has ended";
    assert_refused(&resume("first").finish(), under_way);
    lock.unlock().unwrap();
    std::fs::remove_file(journal(&runs.folder("first"))).unwrap();
    assert_refused(&resume("first").finish(), "the run `first` has no journal that can be read: ");
}

#[test]
fn a_torn_journal_costs_what_it_lost() {
    let runs = Runs::new();
    runs.cut_off();
    // The record of iteration 3 is torn, and what came after it lost.
    change(&journal(&runs.folder("first")), |text| {
        let third = text.match_indices("\"iteration_finished\"").nth(2).unwrap().0;
        text[..third + 60].to_owned()
    });
    let run = runs.run("second").env("AITEST_RESUME", "first").finish();
    assert_eq!((run.code, ran(&run)), (Some(0), vec![3, 4, 5, 6]), "{run}");
    assert!(run.stderr.contains("1 journal line of run first cannot be read: what it said runs again"), "{run}");
}

#[test]
fn a_changed_test_keeps_nothing_and_says_why() {
    let why = "cut_off: 3 finished iterations are not kept from run first: its source, its `should_panic` or its time \
               limit is another one now";
    let runs = Runs::new();
    runs.cut_off();
    let run = runs.run("second").env("AITEST_RESUME", "first").env("AITEST_TIMEOUT", "9m").finish();
    assert_eq!((run.code, ran(&run)), (Some(0), vec![1, 2, 3, 4, 5, 6]), "{run}");
    assert!(run.stderr.contains(why), "{run}");
    assert!(runs.results()["warnings"].to_string().contains("not_resumed"), "{run}");

    change(&journal(&runs.folder("first")), |text| text.replace("\"fingerprint\":\"", "\"fingerprint\":\"f"));
    let run = runs.run("third").env("AITEST_RESUME", "first").finish();
    assert_eq!(ran(&run), [1, 2, 3, 4, 5, 6], "{run}");
    assert!(run.stderr.contains(why), "{run}");
}

#[test]
fn a_run_of_another_project_keeps_nothing_and_says_so() {
    let runs = Runs::new();
    runs.cut_off();
    change(&journal(&runs.folder("first")), |text| text.replace("\"package\":\"plain\"", "\"package\":\"bank\""));
    let run = runs.run("second").env("AITEST_RESUME", "first").finish();
    assert_eq!((run.code, ran(&run)), (Some(0), vec![1, 2, 3, 4, 5, 6]), "{run}");
    let why = "run first has no test of the package plain, but of bank: nothing is kept";
    assert!(run.stderr.contains(why), "{run}");
}

#[test]
fn another_binary_is_warned_of() {
    let runs = Runs::new();
    runs.cut_off();
    change(&journal(&runs.folder("first")), |text| text.replace("\"built_at_ms\":", "\"built_at_ms\":1"));
    let run = runs.run("second").env("AITEST_RESUME", "first").finish();
    assert_eq!(ran(&run), [4, 5, 6], "{run}");
    assert!(run.stderr.contains("the test binary was built anew since run first: the tests that keep"), "{run}");
}

#[test]
fn a_resumed_run_is_not_compared_with_what_it_keeps() {
    let runs = Runs::new();
    let first = runs.run("zeroth").finish();
    assert_eq!(first.code, Some(0), "{first}");
    let whole = runs.run("first").finish();
    assert_eq!(whole.code, Some(0), "{whole}");
    let resumed = |baseline: &str| {
        let run = runs.run("second").env("AITEST_RESUME", "first").env("AITEST_ITERATIONS", "8");
        run.env("AITEST_BASELINE", baseline).finish()
    };
    let copy = runs.0.path().join("first.json").display().to_string();
    std::fs::copy(runs.0.path().join("results.json"), &copy).unwrap();
    let run = resumed("latest");
    assert_eq!((run.code, ran(&run)), (Some(0), vec![7, 8]), "{run}");
    assert_eq!(runs.results()["baseline"]["tests"][0]["before"]["run"], "zeroth", "{:#}", runs.results()["baseline"]);
    let run = resumed(&copy);
    assert_eq!(run.code, Some(0), "{run}");
    let warnings = runs.results()["warnings"].to_string();
    assert!(warnings.contains("the baseline is run first, and so are iterations that this run keeps"), "{warnings}");
}

#[test]
fn what_agents_were_given_is_kept_too_and_compared() {
    let runs = Runs::new();
    let run = |id: &str, description: &str| {
        let run = Cargo::binary("agent", "given", &["--exact", "transfer"]).env("AITEST_RUN_ID", id);
        runs.share(run).env("DESCRIPTION", description)
    };
    let first = run("first", "Moves money.").finish();
    assert_eq!(first.code, Some(0), "{first}");
    let setups = |results: &Value| results["agents"][0]["setups"].clone();
    let given = setups(&runs.results());
    assert_eq!(given[0]["servers"][0]["name"], "bank", "{given:#}");
    let second = run("second", "Moves money.").env("AITEST_RESUME", "first").finish();
    assert_eq!(second.code, Some(0), "{second}");
    assert_eq!(setups(&runs.results()), given, "all is kept: {second}");
    assert!(!second.stderr.contains("of another agent"), "{second}");

    let other = run("third", "Moves it.").env("AITEST_RESUME", "second").env("AITEST_ITERATIONS", "3").finish();
    let why =
        "transfer: the kept iterations are of another agent than the new ones: `scripted/teller-1` with other tools";
    assert!(runs.results()["warnings"].to_string().contains(why), "{:#}", runs.results()["warnings"]);
    assert!(other.stderr.contains("note:   transfer: the kept iterations are of another agent"), "{other}");
}
