//! `#[aitest]` together with the attributes of others: how often bodies and fixtures run, and under which names.
//!
//! The tests of `cases` are ordinary tests of this binary. One test runs the binary again with these alone, and counts
//! what they print and what libtest lists.

use std::process::Command;

mod cases;

/// Test (or group of tests), how often libtest must run it, how often its body, how often its fixture.
///
/// `test_above` is registered twice and noticed: it runs once. `agents_unbuilt` is errored, so it gets a second attempt.
const EXPECTED: [(&str, usize, usize, usize); 32] = [
    ("alone_async", 1, 3, 0),
    ("alone_sync", 1, 3, 0),
    ("by_its_other_name", 1, 3, 0),
    ("returns_result", 1, 3, 0),
    ("returns_exit_code", 1, 3, 0),
    ("panics_as_it_should", 1, 3, 0),
    ("ignored", 1, 0, 0),
    ("on_many_threads", 1, 3, 0),
    ("of_a_macro", 1, 3, 0),
    ("r#match", 1, 3, 0),
    ("tokio_below", 1, 3, 0),
    ("tokio_above", 1, 3, 0),
    ("test_below", 1, 3, 0),
    ("test_above", 2, 3, 0),
    ("test_log_below", 1, 3, 0),
    ("test_log_below_async", 1, 3, 0),
    ("test_log_with_tokio_below", 1, 3, 0),
    ("test_log_above", 1, 3, 0),
    ("test_log_around", 1, 3, 0),
    ("rstest_cases", 2, 6, 6),
    ("rstest_values", 2, 6, 0),
    ("rstest_timeout", 1, 3, 0),
    ("rstest_async", 2, 6, 6),
    ("rstest_with_tokio", 1, 3, 0),
    ("serial_below", 1, 3, 0),
    ("serial_below_async", 1, 3, 0),
    ("insta_named", 1, 3, 0),
    ("insta_duplicates", 1, 3, 0),
    ("agents_async", 4, 12, 12),
    ("agents_sync", 4, 12, 12),
    ("agents_within_tokio", 2, 6, 6),
    ("agents_unbuilt", 1, 0, 2),
];

#[test]
fn every_order_runs_bodies_and_fixtures_as_often_as_it_should() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (name, _) in std::env::vars_os() {
        if ["AITEST_", "NEXTEST"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    let output = command
        .args(["stacking::cases::", "--nocapture", "--test-threads=1"])
        .env("AITEST_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/stacking"))
        .env("CASES_ARE_COUNTED", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let found = EXPECTED.map(|(name, ..)| {
        let lines = |start: &str, end: &str| text.lines().filter(|line| is(line, start, end)).count();
        let listed = format!("test stacking::cases::{name}");
        let (body, fixture) = (format!("ran {name}"), format!("made {name}"));
        let tests = lines(&format!("{listed} "), "") + lines(&format!("{listed}::"), "");
        (name, tests, lines(&body, &body), lines(&fixture, &fixture))
    });
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(found, EXPECTED, "{text}\n{errors}");
    assert!(errors.contains("`#[test]` above `#[aitest]` is one too many"), "{errors}");
    assert!(text.contains("test result: FAILED. 41 passed; 1 failed; 1 ignored"), "{text}");
}

fn is(line: &str, start: &str, end: &str) -> bool {
    line.starts_with(start) && line.ends_with(end)
}
