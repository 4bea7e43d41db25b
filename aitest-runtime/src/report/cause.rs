use std::collections::HashMap;

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
    /// The message in one line where all members have the same one, else the pattern.
    pub(crate) message: String,
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
        let key = (seen.kind, pattern(seen.message), place);
        if let Some(&index) = known.get(&key) {
            let group: &mut Group<'_, M> = &mut groups[index];
            group.add(seen.message, location, seen.member);
            continue;
        }
        groups.push(Group {
            kind: seen.kind,
            pattern: key.1.clone(),
            message: one_line(seen.message),
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
    fn add(&mut self, message: &str, location: Option<&'a str>, member: M) {
        if message != self.first && one_line(message) != self.message {
            self.message.clone_from(&self.pattern);
        }
        if self.location != location {
            self.location = None;
        }
        self.members.push(member);
    }
}

/// `tests/bank.rs:61:9` → `tests/bank.rs:61`.
pub(crate) fn without_column(location: &str) -> &str {
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
pub(crate) fn one_line(message: &str) -> String {
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

/// What messages of one cause have in common: numbers become `<n>`, long hexadecimal words `<id>`, paths their last
/// part; quoted texts stay up to 40 characters. The first line alone, up to 200 characters.
pub(crate) fn pattern(message: &str) -> String {
    let line: String = message.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().chars().take(400).collect();
    let mut pattern = String::with_capacity(line.len());
    let mut rest = line.trim();
    while let Some(c) = rest.chars().next() {
        let after_word = pattern.ends_with(char::is_alphanumeric);
        let length = quoted_length(rest).filter(|_| !(c == '\'' && after_word));
        if let Some(length) = length {
            push_quoted(&mut pattern, &rest[..length], c);
            rest = &rest[length..];
        } else if is_word(c) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            push_word(&mut pattern, &rest[..length]);
            rest = &rest[length..];
        } else {
            pattern.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    pattern.chars().take(200).collect()
}

/// Bytes of the quoted text that `text` begins with, its quotes included.
fn quoted_length(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    text[1..].find(quote).map(|length| length + 2)
}

fn push_quoted(pattern: &mut String, quoted: &str, quote: char) {
    let inner = &quoted[1..quoted.len() - 1];
    pattern.push(quote);
    pattern.extend(inner.chars().take(40));
    if inner.chars().nth(40).is_some() {
        pattern.push('…');
    }
    pattern.push(quote);
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '\\' | ':')
}

fn push_word(pattern: &mut String, word: &str) {
    let hex_digits = word.bytes().filter(u8::is_ascii_hexdigit).count();
    let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if is_hex && hex_digits >= 8 && word.bytes().any(|byte| byte.is_ascii_digit()) {
        pattern.push_str("<id>");
        return;
    }
    let is_url = word.contains("://");
    let last = word.rsplit(['/', '\\']).find(|part| !part.is_empty());
    push_without_numbers(pattern, if is_url { word } else { last.unwrap_or(word) });
}

fn push_without_numbers(pattern: &mut String, word: &str) {
    let mut chars = word.chars().peekable();
    let mut in_number = false;
    while let Some(c) = chars.next() {
        let goes_on = in_number && c == '.' && chars.peek().is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() || goes_on {
            if !in_number {
                pattern.push_str("<n>");
            }
            in_number = true;
        } else {
            in_number = false;
            pattern.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Seen, group, one_line, pattern, without_column};

    #[test]
    fn patterns() {
        for (message, expected) in [
            ("expected tool `get_balance2` to be called", "expected tool `get_balance2` to be called"),
            ("429 after 4 tries", "<n> after <n> tries"),
            ("took 4.5 s, at most 3", "took <n> s, at most <n>"),
            ("request 9c41d07e-5b2a-61f8 lost", "request <id> lost"),
            ("cannot read /home/me/x/data.json: gone", "cannot read data.json: gone"),
            ("POST http://127.0.0.1:4000/v1: refused", "POST http://<n>:<n>/v<n>: refused"),
            ("\n  first\nsecond", "first"),
            ("it doesn't say 'no'", "it doesn't say 'no'"),
        ] {
            assert_eq!(pattern(message), expected);
        }
        assert_eq!(pattern(&format!("\"{}\"", "x".repeat(50))), format!("\"{}…\"", "x".repeat(40)));
        assert_eq!(pattern(&"y".repeat(5000)).len(), 200);
    }

    #[test]
    fn an_assertion_keeps_its_values_in_one_line() {
        let message = "assertion `left == right` failed: the rest\n  left: 1300\n right: 1500";
        assert_eq!(one_line(message), "the rest; left: 1300; right: 1500");
        assert_eq!(one_line("assertion `left != right` failed\n  left: 1\n right: 1"), "`left != right`; left: 1; right: 1");
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
            groups.iter().map(|group| (group.message.as_str(), group.location, group.members.as_slice())).collect();
        assert_eq!(
            shown,
            [
                ("<n> from a", None, &[1, 4][..]),
                ("no", Some("a.rs:1"), &[2][..]),
                ("no", Some("a.rs:2"), &[3][..])
            ]
        );
        assert_eq!(without_column(r"C:\a.rs:1:2"), r"C:\a.rs:1");
        assert_eq!(without_column("a.rs:12"), "a.rs:12");
    }
}
