use std::collections::HashMap;
use std::ops::Range;

use regex_lite::Regex;

use super::forms::forms;
use super::shapes::{SHAPES, Shape};

/// Finds everything that is secret in a text, in one pass.
///
/// A text is scanned three bytes at a time against a bit set of how secrets begin, without regard to case; what the
/// bit set lets through, next to nothing in a clean text, is compared in full.
#[derive(Debug)]
pub(super) struct Scanner {
    beginnings: Box<[u64; 1024]>,
    candidates: HashMap<u32, Vec<Candidate>>,
    patterns: Vec<Regex>,
}

#[derive(Debug)]
enum Candidate {
    Value { name: String, form: String },
    Shape(&'static Shape),
}

/// A part of a text that is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found<'a> {
    range: Range<usize>,
    name: &'a str,
    registered: bool,
}

impl Scanner {
    pub(super) fn new() -> Self {
        let mut scanner = Scanner { beginnings: Box::new([0; 1024]), candidates: HashMap::new(), patterns: Vec::new() };
        for shape in SHAPES {
            scanner.add(shape.prefix, Candidate::Shape(shape));
        }
        scanner
    }

    /// Adds `value`, which has at least eight characters, in all its forms.
    pub(super) fn add_value(&mut self, name: &str, value: &str) {
        if self.knows(value) {
            return;
        }
        for form in forms(value) {
            self.add(&form.clone(), Candidate::Value { name: name.to_owned(), form });
        }
    }

    pub(super) fn add_patterns(&mut self, patterns: Vec<Regex>) {
        self.patterns.extend(patterns);
    }

    /// `text` without its secrets; `None` when it has none.
    pub(super) fn replace(&self, text: &str) -> Option<String> {
        let found = self.find(text);
        if found.is_empty() {
            return None;
        }
        let mut clean = String::with_capacity(text.len());
        let mut end = 0;
        for part in merge(found) {
            clean.push_str(&text[end..part.range.start]);
            clean.push_str("[redacted:");
            clean.push_str(part.name);
            clean.push(']');
            end = part.range.end;
        }
        clean.push_str(&text[end..]);
        Some(clean)
    }

    fn add(&mut self, beginning: &str, candidate: Candidate) {
        let key = key(beginning);
        let slot = slot(key);
        self.beginnings[slot >> 6] |= 1 << (slot & 63);
        self.candidates.entry(key).or_default().push(candidate);
    }

    fn knows(&self, value: &str) -> bool {
        let candidates = self.candidates.get(&key(value));
        candidates
            .is_some_and(|all| all.iter().any(|one| matches!(one, Candidate::Value { form, .. } if form == value)))
    }

    fn find(&self, text: &str) -> Vec<Found<'_>> {
        let mut found = Vec::new();
        let (bytes, beginnings): (&[u8], &[u64; 1024]) = (text.as_bytes(), &self.beginnings);
        let (mut key, mut end) = (0, 0);
        // An index and no iterator or call: tests run unoptimized, where each would cost more than the rest of the loop.
        while end < bytes.len() {
            key = next_key(key, bytes[end]);
            end += 1;
            let slot = slot(key);
            if beginnings[slot >> 6] >> (slot & 63) & 1 != 0 && end >= 3 && text.is_char_boundary(end - 3) {
                self.find_at(text, end - 3, key, &mut found);
            }
        }
        for pattern in &self.patterns {
            let matches = pattern.find_iter(text).filter(|hit| !hit.is_empty());
            found.extend(matches.map(|hit| Found { range: hit.range(), name: "pattern", registered: false }));
        }
        found
    }

    fn find_at<'a>(&'a self, text: &str, at: usize, key: u32, found: &mut Vec<Found<'a>>) {
        // Within a shape no other is looked for: hostile texts would be read again and again.
        let inside_shape = found.iter().rev().find(|part| !part.registered).is_some_and(|shape| at < shape.range.end);
        for candidate in self.candidates.get(&key).into_iter().flatten() {
            found.extend(match candidate {
                Candidate::Value { name, form } => text[at..].starts_with(form.as_str()).then(|| Found {
                    range: at..at + form.len(),
                    name,
                    registered: true,
                }),
                Candidate::Shape(_) if inside_shape => None,
                Candidate::Shape(shape) => {
                    let range = shape.secret_at(text, at);
                    range.map(|range| Found { range, name: shape.name, registered: false })
                }
            });
        }
    }
}

/// Joins what overlaps, so that no rest of a secret is left beside another. The name is that of the longest part, of a
/// registered one if there is any.
fn merge(mut found: Vec<Found<'_>>) -> Vec<Found<'_>> {
    let weight = |part: &Found<'_>| (part.registered, part.range.len());
    found.sort_by_key(|part| (part.range.start, std::cmp::Reverse(weight(part))));
    let mut merged: Vec<(Found<'_>, (bool, usize))> = Vec::new();
    for part in found {
        match merged.last_mut() {
            Some((last, heaviest)) if part.range.start < last.range.end => {
                last.range.end = last.range.end.max(part.range.end);
                if weight(&part) > *heaviest {
                    *heaviest = weight(&part);
                    last.name = part.name;
                }
            }
            _ => {
                let heaviest = weight(&part);
                merged.push((part, heaviest));
            }
        }
    }
    merged.into_iter().map(|(part, _)| part).collect()
}

/// The first three bytes of `beginning`, without regard to case.
fn key(beginning: &str) -> u32 {
    beginning.bytes().take(3).fold(0, next_key)
}

/// The last three bytes once `byte` has come, without regard to case.
#[inline(always)]
const fn next_key(key: u32, byte: u8) -> u32 {
    (key << 8 | (byte | 0x20) as u32) & 0xff_ffff
}

/// Where in the bit set a key stands: its 24 bits hashed to 16.
#[inline(always)]
const fn slot(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> 16) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scanner(values: &[(&str, &str)]) -> Scanner {
        let mut scanner = Scanner::new();
        for (name, value) in values {
            scanner.add_value(name, value);
        }
        scanner
    }

    #[track_caller]
    fn cleaned(scanner: &Scanner, text: &str) -> String {
        scanner.replace(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn registered_values_in_every_spelling() {
        let scanner = scanner(&[("DB_PASSWORD", "hunter/22 \"x\"")]);
        for (text, clean) in [
            ("is hunter/22 \"x\".", "is [redacted:DB_PASSWORD]."),
            (r#"{"p":"hunter/22 \"x\""}"#, r#"{"p":"[redacted:DB_PASSWORD]"}"#),
            ("?p=hunter%2F22%20%22x%22&q", "?p=[redacted:DB_PASSWORD]&q"),
            ("?p=hunter%2f22+%22x%22&q", "?p=[redacted:DB_PASSWORD]&q"),
            ("é hunter/22 \"x\" é", "é [redacted:DB_PASSWORD] é"),
            ("HUNTER/22 \"x\"", "HUNTER/22 \"x\""),
            ("hunter/22", "hunter/22"),
        ] {
            assert_eq!(cleaned(&scanner, text), clean);
        }
        // base64 of `admin:hunter/22 "x"`; what is left of the group's edges tells nothing of the value.
        let clean = cleaned(&scanner, "Basic YWRtaW46aHVudGVyLzIyICJ4Ig==");
        assert_eq!(clean, "Basic YWRtaW46[redacted:DB_PASSWORD]g==");
    }

    #[test]
    fn overlapping_secrets_leave_nothing_of_each_other() {
        let scanner =
            scanner(&[("SHORT", "abcdefgh"), ("LONG", "abcdefghijkl"), ("NEXT", "ijklmnopq"), ("IN", "cdefghij")]);
        for (text, clean) in [
            ("-abcdefgh-", "-[redacted:SHORT]-"),
            ("-abcdefghijkl-", "-[redacted:LONG]-"),
            ("-abcdefghijklmnopq-", "-[redacted:LONG]-"),
            ("abcdefghabcdefgh", "[redacted:SHORT][redacted:SHORT]"),
            ("-cdefghijklmnopq", "-[redacted:NEXT]"),
        ] {
            assert_eq!(cleaned(&scanner, text), clean);
        }
    }

    #[test]
    fn token_shapes() {
        let scanner = scanner(&[]);
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        for (text, clean) in [
            ("key sk-proj-abcDEF0123456789_-abcd.", "key [redacted:API_KEY]."),
            ("sk-ant-api03-AbCdEf0123456789xyz", "[redacted:API_KEY]"),
            ("a\\nsk-abcdefghij0123456789\\n", "a\\n[redacted:API_KEY]\\n"),
            ("k%3Dsk-abcdefghij0123456789", "k%3D[redacted:API_KEY]"),
            ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "[redacted:GITHUB_TOKEN]"),
            ("gho_0123456789abcdefghijABCDEFGHIJ012345", "[redacted:GITHUB_TOKEN]"),
            ("github_pat_11ABCDEFG0123456789_abcdefghijklmnop", "[redacted:GITHUB_TOKEN]"),
            ("?key=AIzaSyA0123456789abcdefghijklmnopqrstuv&x", "?key=[redacted:GOOGLE_API_KEY]&x"),
            ("id AKIAIOSFODNN7EXAMPLE,", "id [redacted:AWS_ACCESS_KEY],"),
            ("xoxb-123456789012-abcdef", "[redacted:SLACK_TOKEN]"),
            (jwt, "[redacted:JWT]"),
            ("use Bearer abc.DEF~123", "use Bearer [redacted:BEARER_TOKEN]"),
            ("BEARER  0123456789", "BEARER  [redacted:BEARER_TOKEN]"),
            ("Authorization: Basic dXNlcjpwYXNz\nHost: x", "Authorization: [redacted:AUTHORIZATION]\nHost: x"),
            ("{\"authorization\": \"Bearer abcdefgh\"}", "{\"authorization\": \"[redacted:AUTHORIZATION]\"}"),
            (r#"{\"Authorization\":\"Token abc\"}"#, r#"{\"Authorization\":\"[redacted:AUTHORIZATION]\"}"#),
            ("Authorization: 0123456789abcdef x", "Authorization: [redacted:AUTHORIZATION] x"),
            ("x-api-key: 0123456789", "x-api-key: [redacted:API_KEY]"),
            ("api-key=abcd1234&v=1", "api-key=[redacted:API_KEY]&v=1"),
            ("\"apiKey\": \"abcd-1234-efgh\"", "\"apiKey\": \"[redacted:API_KEY]\""),
            ("Cookie: sid=1; theme=dark", "Cookie: [redacted:COOKIE]"),
            ("Set-Cookie: sid=abc; Path=/\r\nX: y", "Set-Cookie: [redacted:COOKIE]\r\nX: y"),
        ] {
            assert_eq!(cleaned(&scanner, text), clean);
            assert_eq!(scanner.replace(&cleaned(&scanner, text)), None, "twice: {text}");
        }
    }

    #[test]
    fn prose_and_code_stay_as_they_are() {
        let scanner = scanner(&[("KEY", "0123456789abcdef")]);
        for text in [
            "",
            "a",
            "sk",
            "Your checking balance is $1,500.00.",
            "a task-force-of-many-people-2024 and sk-learn-is-a-library-for-python",
            "the Bearer authentication scheme; bearer of news",
            "Authorization: you must log in. authorization required",
            "api_key: String, \"api_key\": {\"type\": \"string\"}",
            "Cookie: a small cake. cookies = tasty\n",
            "version eyJ.x.y, AKIA, ghp_short, github_pat_, xoxb-, AIza",
            "größe 0123456789abcde 日本語",
        ] {
            assert_eq!(scanner.replace(text), None, "{text}");
        }
    }

    /// Each takes milliseconds, or minutes if the rest of the text were read at each beginning.
    #[test]
    fn hostile_texts_take_no_longer() {
        let scanner = scanner(&[("KEY", "aaaaaaaaaaaaaaab")]);
        for unit in [
            "cookie=",
            "authorization: basic ",
            "api_key=",
            "-sk-",
            "-eyJ",
            ".eyJ-",
            "bearer ",
            "AKIA",
            "aaaaaaaa",
            "ghp_\\n",
        ] {
            let text = unit.repeat(300_000 / unit.len());
            assert!(scanner.replace(&text).is_none_or(|clean| clean.len() <= text.len()), "{unit}");
        }
    }

    #[test]
    fn the_registered_name_is_shown_where_a_shape_fits_too() {
        let scanner = scanner(&[("OPENAI_API_KEY", "sk-abcdefghij0123456789")]);
        assert_eq!(cleaned(&scanner, "x sk-abcdefghij0123456789 y"), "x [redacted:OPENAI_API_KEY] y");
        let header = "Authorization: Bearer sk-abcdefghij0123456789";
        assert_eq!(cleaned(&scanner, header), "Authorization: [redacted:OPENAI_API_KEY]");
    }

    fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
        let groups = bytes.chunks(3).map(|group| {
            let mut wide = [0; 3];
            wide[..group.len()].copy_from_slice(group);
            let bits = u32::from_be_bytes([0, wide[0], wide[1], wide[2]]);
            (0..=group.len()).map(|i| char::from(alphabet[(bits >> (18 - 6 * i) & 63) as usize])).collect::<String>()
        });
        groups.collect()
    }

    const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    proptest! {
        #[test]
        fn no_registered_value_is_left(
            values in prop::collection::vec("[a-cA-C0-2+/\"\\\\é <]{8,12}", 1..5),
            parts in prop::collection::vec(("[a-cA-C0-2+/\"\\\\é <:]{0,6}", 0_usize..6, 0_usize..5), 0..8),
        ) {
            let mut scanner = Scanner::new();
            for value in &values {
                scanner.add_value("NAME", value);
            }
            let json = |value: &str| serde_json::to_string(value).unwrap().trim_matches('"').to_owned();
            let percent = |value: &str| -> String {
                let encoded = |c: char| c.to_string().bytes().map(|b| format!("%{b:02X}")).collect::<String>();
                value.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { encoded(c) }).collect()
            };
            let mut text = String::new();
            let mut hidden = Vec::new();
            for (filler, form, which) in &parts {
                let value = &values[which % values.len()];
                let spelling = match form {
                    0 => value.clone(),
                    1 => serde_json::to_string(value).unwrap(),
                    2 => base64(value.as_bytes(), STANDARD),
                    3 => base64(value.as_bytes(), URL_SAFE),
                    4 => base64(format!("{filler}{value}{filler}").as_bytes(), STANDARD),
                    _ => percent(value),
                };
                text.push_str(filler);
                text.push_str(&spelling);
                hidden.push(spelling);
            }
            let clean = cleaned(&scanner, &text);
            for value in &values {
                prop_assert!(!clean.contains(value.as_str()), "{value} in {clean} of {text}");
                prop_assert!(!clean.contains(&json(value)), "{value} as JSON in {clean} of {text}");
                prop_assert!(!clean.contains(&percent(value)));
            }
            for spelling in &hidden {
                prop_assert!(!clean.contains(spelling.as_str()), "{spelling} in {clean} of {text}");
            }
        }

        #[test]
        fn any_text_is_cleaned_once(text in "(sk-|eyJ|Bearer |Authorization: |api-key=|Cookie: |\"|\\\\|\n|é|[a-zA-Z0-9.=_-]{0,12}){0,12}") {
            let scanner = Scanner::new();
            let clean = cleaned(&scanner, &text);
            prop_assert_eq!(cleaned(&scanner, &clean), clean);
        }

        #[test]
        fn a_text_without_a_secret_is_not_touched(text in "[a-z ,.é]{0,200}") {
            prop_assert_eq!(scanner(&[("K", "0123456789")]).replace(&text), None);
        }
    }
}
