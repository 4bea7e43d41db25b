//! Generated code under hostile lints, and where the compiler points when types are wrong.

use crate::cargo::{Cargo, folder};

#[test]
fn the_expansion_is_clean_under_hostile_lints() {
    for arguments in [&["--no-run"][..], &[]] {
        let run = Cargo::test("hostile-lints", &[&["--workspace"], arguments].concat()).finish();
        assert_eq!(run.code, Some(0), "{run}");
    }
    for subcommand in ["build", "doc", "clippy"] {
        let run = Cargo::subcommand("hostile-lints", subcommand, &["--workspace"]).finish();
        assert_eq!(run.code, Some(0), "cargo {subcommand}: {run}");
    }
}

/// Every `//~^ MESSAGE` of the project is an error on the line above it.
#[test]
fn wrong_types_are_errors_at_the_user_s_own_code() {
    let run = Cargo::subcommand("wrong-types", "check", &["--tests", "--message-format", "short"]).finish();
    let source = std::fs::read_to_string(folder("wrong-types").join("src/lib.rs")).unwrap();
    let mut marks = 0;
    for (index, line) in source.lines().enumerate() {
        let Some((_, message)) = line.split_once("//~^") else { continue };
        marks += 1;
        let place = format!("src/lib.rs:{index}:");
        let message = message.trim().trim_start_matches("ERROR").trim();
        let found = run.stderr.lines().any(|error| error.starts_with(&place) && error.contains(message));
        assert!(found, "{place} {message}\n{run}");
    }
    assert!(marks >= 6, "{marks} marks");
    assert_ne!(run.code, Some(0));
}
