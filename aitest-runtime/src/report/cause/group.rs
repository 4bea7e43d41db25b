use std::collections::HashMap;

use super::pattern::Pattern;

/// One failure on its way into a [`Group`].
pub(crate) struct Seen<'a, M> {
    /// `assert`, `provider`, …
    pub(crate) kind: &'a str,
    pub(crate) message: &'a str,
    /// `file:line:column`
    pub(crate) location: Option<&'a str>,
    /// Where it was seen.
    pub(crate) member: M,
}

/// Failures with one cause.
pub(crate) struct Group<'a, M> {
    pub(crate) kind: &'a str,
    pub(crate) pattern: String,
    message: Pattern,
    /// `file:line`, where all members have the same one.
    pub(crate) location: Option<&'a str>,
    /// The first member's message, whole.
    pub(crate) first: &'a str,
    pub(crate) members: Vec<M>,
}

/// Groups failures by kind and message pattern, assertions and panics by their place too. Most frequent first.
pub(crate) fn group<'a, M>(failures: impl IntoIterator<Item = Seen<'a, M>>) -> Vec<Group<'a, M>> {
    let mut groups: Vec<Group<'a, M>> = Vec::new();
    let mut known = HashMap::new();
    for seen in failures {
        let location = seen.location.map(without_column);
        let place = location.filter(|_| matches!(seen.kind, "assert" | "panic"));
        let key = (seen.kind, Pattern::of(seen.message).text(), place);
        if let Some(&index) = known.get(&key) {
            let group: &mut Group<'_, M> = &mut groups[index];
            group.add(seen.message, location, seen.member);
            continue;
        }
        groups.push(Group {
            kind: seen.kind,
            pattern: key.1.clone(),
            message: Pattern::of(&one_line(seen.message)),
            location,
            first: seen.message,
            members: vec![seen.member],
        });
        known.insert(key, groups.len() - 1);
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.members.len()));
    groups
}

impl<'a, M> Group<'a, M> {
    /// The message in one line, with `<n>` and `<id>` where members differ.
    pub(crate) fn message(&self) -> String {
        self.message.shared()
    }

    fn add(&mut self, message: &str, location: Option<&'a str>, member: M) {
        if message != self.first && !self.message.merge(&Pattern::of(&one_line(message))) {
            self.message = Pattern::of(&self.pattern);
        }
        if self.location != location {
            self.location = None;
        }
        self.members.push(member);
    }
}

/// `tests/bank.rs:61:9` → `tests/bank.rs:61`.
fn without_column(location: &str) -> &str {
    match location.rsplit_once(':') {
        Some((rest, column)) if is_number(column) && rest.rsplit_once(':').is_some_and(|(_, line)| is_number(line)) => {
            rest
        }
        _ => location,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A message in one line: its first; of `assert_eq!` and `assert_ne!` what the test says about it and the two values.
fn one_line(message: &str) -> String {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let first: String = lines.next().unwrap_or_default().chars().take(400).collect();
    let Some((comparison, rest)) = first.strip_prefix("assertion ").and_then(|rest| rest.split_once(" failed")) else {
        return first;
    };
    if !comparison.starts_with("`left ") {
        return first;
    }
    let said = rest.trim_start_matches(':').trim_start();
    let mut text = if said.is_empty() { comparison.to_owned() } else { said.to_owned() };
    for line in lines.filter(|line| line.starts_with("left:") || line.starts_with("right:")) {
        text.push_str("; ");
        text.extend(line.chars().take(100));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Seen, group, one_line, without_column};

    #[test]
    fn an_assertion_keeps_its_values_in_one_line() {
        let message = "assertion `left == right` failed: the rest\n  left: 1300\n right: 1500";
        assert_eq!(one_line(message), "the rest; left: 1300; right: 1500");
        assert_eq!(
            one_line("assertion `left != right` failed\n  left: 1\n right: 1"),
            "`left != right`; left: 1; right: 1"
        );
        assert_eq!(one_line("assertion failed: result.success"), "assertion failed: result.success");
    }

    #[test]
    fn groups_by_pattern_and_by_the_place_of_assertions() {
        let seen = |kind, message, location, member| Seen { kind, message, location, member };
        let groups = group([
            seen("provider", "401 from a", Some("a.rs:1:1"), 1),
            seen("assert", "no", Some("a.rs:1:1"), 2),
            seen("assert", "no", Some("a.rs:2:1"), 3),
            seen("provider", "402 from a", Some("a.rs:9:1"), 4),
        ]);
        let shown: Vec<_> =
            groups.iter().map(|group| (group.message(), group.location, group.members.as_slice())).collect();
        assert_eq!(
            shown,
            [
                ("<n> from a".to_owned(), None, &[1, 4][..]),
                ("no".to_owned(), Some("a.rs:1"), &[2][..]),
                ("no".to_owned(), Some("a.rs:2"), &[3][..])
            ]
        );
        assert_eq!(without_column(r"C:\a.rs:1:2"), r"C:\a.rs:1");
        assert_eq!(without_column("a.rs:12"), "a.rs:12");
    }
}
