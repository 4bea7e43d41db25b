//! docs/errors.md says what a user sees: every row of its tables is met.

mod agents;
mod models;
mod servers;

/// The messages between two marks `<!-- mark -->`.
fn rows(mark: &str) -> Vec<String> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md")).unwrap();
    let mark = format!("<!-- {mark} -->");
    let table = page.split(&mark).nth(1).unwrap_or_else(|| panic!("the table stands between `{mark}` marks"));
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let message = |row: &str| {
        let cell = row.trim_start_matches("| ").split(" | ").next().unwrap();
        cell.strip_prefix("``").unwrap().strip_suffix("``").unwrap().trim().to_owned()
    };
    rows.map(message).collect()
}

/// Whether `message` ends with `row`, in which `…` stands for anything.
fn is(message: &str, row: &str) -> bool {
    let mut rest = message;
    let mut parts = row.split('…').collect::<Vec<_>>();
    let end = parts.pop().unwrap();
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(end)
}

/// Whether `message` is `row` from its first word on.
fn is_whole(message: &str, row: &str) -> bool {
    message.starts_with(row.split('…').next().unwrap()) && is(message, row)
}

/// Each message is the row at its place, and there is no further row.
fn check(mark: &str, messages: &[String], is: impl Fn(&str, &str) -> bool) {
    let rows = rows(mark);
    for (row, message) in rows.iter().zip(messages) {
        assert!(is(message, row), "the page says\n{row}\nand the message is\n{message}");
    }
    assert_eq!(rows.len(), messages.len(), "a row that nothing provokes, or a message without a row");
}

#[test]
fn a_row_is_told_from_another() {
    assert!(is("openai/m: 429 Too Many Requests: slow", "429 Too Many Requests: …"));
    assert!(!is("openai/m: 429 Too Many Requests: slow; more", "429 …: slow"));
    assert!(is_whole("the server ended (exit status: 3)", "the server ended (…)"));
    assert!(!is_whole("x: the server ended (exit status: 3)", "the server ended (…)"));
}
