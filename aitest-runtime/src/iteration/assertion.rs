use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;

use crate::collector::lock;

/// Places of panics, and whether an assertion stands there.
static SEEN: Mutex<Option<HashMap<String, bool>>> = Mutex::new(None);

/// Whether a panic at `location`, `file:line:column`, came from an assertion: `assert!` with words of its own throws what
/// `panic!` does, so its source is looked at, once for each place. Without the source it is a panic.
pub(super) fn is_assertion(location: &str) -> bool {
    let known = lock(&SEEN).get_or_insert_default().get(location).copied();
    known.unwrap_or_else(|| {
        let found = stands_at(location).unwrap_or(false);
        lock(&SEEN).get_or_insert_default().insert(location.to_owned(), found);
        found
    })
}

fn stands_at(location: &str) -> Option<bool> {
    let mut parts = location.rsplitn(3, ':');
    let column: usize = parts.next()?.parse().ok()?;
    let line: usize = parts.next()?.parse().ok()?;
    let source = source(Path::new(parts.next()?))?;
    let code: String = source.lines().nth(line.checked_sub(1)?)?.chars().skip(column.checked_sub(1)?).collect();
    Some(code.starts_with("assert") || code.starts_with("debug_assert"))
}

/// The compiler names a file from the workspace's folder, and a test runs in its package's.
fn source(path: &Path) -> Option<String> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().find_map(|folder| std::fs::read_to_string(folder.join(path)).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_tells() {
        let place = |macro_name: &str| {
            let line = include_str!("assertion.rs").lines().position(|line| line.trim_start().starts_with(macro_name));
            format!("{}:{}:9", file!(), line.unwrap() + 1)
        };
        assert!(is_assertion(&place("assert!(is_assertion(&place")), "an assertion of its own words");
        assert!(!is_assertion(&place("let line = include_str")));
        for unknown in ["", "x", "no/such/file.rs:1:1", "src/lib.rs:0:0", "src/lib.rs:99999:1", "src/lib.rs:1:999"] {
            assert!(!is_assertion(unknown), "{unknown}");
        }
    }
}
