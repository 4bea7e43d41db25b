//! Well-known tokens and headers, found by how they begin.

use std::ops::Range;

/// A kind of secret that is known by its looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// What stands in the placeholder.
    pub(super) name: &'static str,
    /// How it begins; ASCII, at least three bytes, compared without case where the kind is a header.
    pub(super) prefix: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// The prefix and at least so many characters of these.
    Token { least: usize, allowed: fn(u8) -> bool },
    /// Three parts joined by points.
    Jwt,
    /// `Bearer` and its token, which is replaced.
    Bearer,
    /// A header's or field's name; its value is replaced.
    Value(fn(&str) -> usize),
}

pub(super) const SHAPES: &[Shape] = &[
    token("API_KEY", "sk-", 20, is_word_or_dash),
    token("GITHUB_TOKEN", "ghp_", 30, is_word),
    token("GITHUB_TOKEN", "gho_", 30, is_word),
    token("GITHUB_TOKEN", "ghu_", 30, is_word),
    token("GITHUB_TOKEN", "ghs_", 30, is_word),
    token("GITHUB_TOKEN", "ghr_", 30, is_word),
    token("GITHUB_TOKEN", "github_pat_", 30, is_word),
    token("GOOGLE_API_KEY", "AIza", 30, is_word_or_dash),
    token("AWS_ACCESS_KEY", "AKIA", 16, is_upper_or_digit),
    token("AWS_ACCESS_KEY", "ASIA", 16, is_upper_or_digit),
    token("SLACK_TOKEN", "xoxa-", 10, is_word_or_dash),
    token("SLACK_TOKEN", "xoxb-", 10, is_word_or_dash),
    token("SLACK_TOKEN", "xoxp-", 10, is_word_or_dash),
    token("SLACK_TOKEN", "xoxr-", 10, is_word_or_dash),
    token("SLACK_TOKEN", "xoxs-", 10, is_word_or_dash),
    Shape { name: "JWT", prefix: "eyJ", kind: Kind::Jwt },
    Shape { name: "BEARER_TOKEN", prefix: "bearer", kind: Kind::Bearer },
    Shape { name: "AUTHORIZATION", prefix: "authorization", kind: Kind::Value(credentials) },
    Shape { name: "API_KEY", prefix: "api-key", kind: Kind::Value(opaque_word) },
    Shape { name: "API_KEY", prefix: "api_key", kind: Kind::Value(opaque_word) },
    Shape { name: "API_KEY", prefix: "apikey", kind: Kind::Value(opaque_word) },
    Shape { name: "COOKIE", prefix: "cookie", kind: Kind::Value(cookies) },
];

const fn token(name: &'static str, prefix: &'static str, least: usize, allowed: fn(u8) -> bool) -> Shape {
    Shape { name, prefix, kind: Kind::Token { least, allowed } }
}

impl Shape {
    /// What of `text` is secret, if this shape begins at `at`, a character boundary.
    pub(super) fn secret_at(&self, text: &str, at: usize) -> Option<Range<usize>> {
        let body_at = at + self.prefix.len();
        let begin = text.get(at..body_at)?;
        let body = &text[body_at..];
        let (skipped, len) = match self.kind {
            // What is cheap to refuse is refused before the body is read.
            Kind::Token { .. } | Kind::Jwt if begin != self.prefix || !begins_word(text, at) => return None,
            _ if !begin.eq_ignore_ascii_case(self.prefix) => return None,
            Kind::Token { least, allowed } => {
                let len = run(body, allowed);
                return (len >= least && is_opaque(&body[..len])).then_some(at..body_at + len);
            }
            Kind::Jwt => return jwt(body).map(|len| at..body_at + len),
            Kind::Bearer => {
                let spaces = run(body, |b| b == b' ');
                (spaces, if spaces > 0 { opaque_word(&body[spaces..]) } else { 0 })
            }
            Kind::Value(secret_part) => {
                let separator = separator(body)?;
                (separator, secret_part(&body[separator..]))
            }
        };
        let start = body_at + skipped;
        (len > 0).then_some(start..start + len)
    }
}

/// The length of a JSON Web Token behind its first three characters: a header, a payload, and maybe a signature.
fn jwt(body: &str) -> Option<usize> {
    let len = run(body, |b| is_word_or_dash(b) || b == b'.');
    let mut parts = body[..len].split('.');
    let long = |part: Option<&str>| part.is_some_and(|part| part.len() >= 5);
    (long(parts.next()) && long(parts.next()) && parts.next().is_some()).then_some(len)
}

/// The length of what stands between a header's name and its value: `: `, `=`, `": "`, `\":\"`.
fn separator(text: &str) -> Option<usize> {
    let quotes_and_spaces = |b: u8| matches!(b, b' ' | b'"' | b'\'' | b'\\');
    let before = run(text, quotes_and_spaces);
    let after = text[before..].strip_prefix([':', '='])?;
    Some(before + 1 + run(after, quotes_and_spaces))
}

/// The value of an `Authorization` header: to the end of the line behind a scheme, else one word.
fn credentials(text: &str) -> usize {
    const SCHEMES: [&str; 8] =
        ["basic", "bearer", "digest", "token", "apikey", "api-key", "negotiate", "aws4-hmac-sha256"];
    let word = run(text, is_word_or_dash);
    let behind = run(&text[word..], |b| b == b' ');
    if behind > 0 && SCHEMES.iter().any(|scheme| text[..word].eq_ignore_ascii_case(scheme)) {
        return line(text);
    }
    opaque_word(text)
}

/// The value of a `Cookie` header, which begins with `name=`; a sentence about cookies does not.
fn cookies(text: &str) -> usize {
    let name = run(text, |b| is_word_or_dash(b) || b == b'.');
    if name > 0 && text[name..].starts_with('=') { line(text) } else { 0 }
}

/// The length of the first word, if it looks like a secret and not like prose; else 0.
fn opaque_word(text: &str) -> usize {
    let len = run(text, |b| is_word_or_dash(b) || matches!(b, b'.' | b'~' | b'+' | b'/' | b'=' | b'$'));
    let word = &text[..len];
    if len >= 20 || len >= 8 && word.bytes().any(|b| b.is_ascii_digit()) { len } else { 0 }
}

/// The length up to the end of the line or of the quoted string.
fn line(text: &str) -> usize {
    run(text, |b| !matches!(b, b'\n' | b'\r' | b'"' | b'\'' | b'\\'))
}

fn run(text: &str, allowed: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(|b| !allowed(b)).unwrap_or(text.len())
}

/// Whether `at` is not inside a longer word: `task-…` is no `sk-…`. Escapes (`\n`, `%20`) end a word. Since whatever
/// may be in a token may not stand before it, no part of a text is read for two tokens.
fn begins_word(text: &str, at: usize) -> bool {
    match text.as_bytes()[..at] {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => true,
        [.., before] => !is_word_or_dash(before) && before != b'.',
        [] => true,
    }
}

/// Whether a token is not a name in lowercase: tokens are random.
fn is_opaque(token: &str) -> bool {
    token.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

fn is_word_or_dash(b: u8) -> bool {
    is_word(b) || b == b'-'
}

fn is_upper_or_digit(b: u8) -> bool {
    b.is_ascii_uppercase() || b.is_ascii_digit()
}
