//! Processes that die.

use std::io::{BufRead, BufReader};
use std::path::Path;

use crate::cargo::Cargo;

fn journal(dir: &Path) -> String {
    let run = std::fs::read_dir(dir.join("runs")).unwrap().next().unwrap().unwrap().path();
    let paths = std::fs::read_dir(run).unwrap().map(|entry| entry.unwrap().path());
    let path = paths.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    std::fs::read_to_string(path.expect("a journal")).unwrap()
}

#[test]
fn a_killed_run_keeps_every_finished_iteration() {
    let (mut child, dir) = Cargo::binary("plain", "exits", &["--exact", "endless", "--nocapture"]).spawn();
    let mut finished = 0;
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines {
        let line = line.unwrap();
        if let Some(number) = line.strip_prefix("finished ") {
            finished = number.parse().unwrap();
            if finished >= 300 {
                break;
            }
        }
    }
    // SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    let journal = journal(dir.path());
    let whole =
        journal.lines().filter(|line| line.contains("\"t\":\"iteration_finished\"") && line.ends_with('}')).count();
    assert!(finished >= 300 && whole >= finished, "{whole} lines of {finished} finished iterations");
}

#[test]
fn an_abort_keeps_what_came_before_and_the_next_process_reports_it() {
    let run =
        Cargo::test("plain", &["--no-fail-fast", "--test", "exits", "--test", "second", "--", "aborts", "elsewhere"])
            .finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert_eq!(run.outcomes("aborts")[&1], "passed");
    assert_eq!(run.outcomes("aborts")[&2], "interrupted");
    assert_eq!(run.results()["run"]["complete"], false);
}
