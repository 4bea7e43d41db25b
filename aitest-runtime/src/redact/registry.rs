use std::sync::{LazyLock, PoisonError, RwLock};
use std::{env, fmt};

use regex_lite::Regex;

use super::scan::Scanner;

static SCANNER: LazyLock<RwLock<Scanner>> = LazyLock::new(|| RwLock::new(Scanner::new()));

/// Shorter values stand in texts by chance.
const LEAST_CHARS: usize = 8;

/// Registers `value` as a secret called `name` for the rest of the process: it is replaced by `[redacted:NAME]` in all
/// that enters a record, also where it is escaped for JSON or HTML, percent-encoded, or encoded in base64 alone or inside a
/// longer text. Values under 8 characters are ignored, and so are spaces around a value.
///
/// ```
/// # use aitest_runtime::redact as aitest;
/// # use aitest_runtime::redact::redact;
/// aitest::secret("BANK_PIN_KEY", "correct horse");
/// # assert_eq!(redact("?key=correct%20horse"), "?key=[redacted:BANK_PIN_KEY]");
/// ```
pub fn secret(name: &str, value: &str) {
    let value = value.trim();
    // A part of the placeholder cannot be replaced by it.
    if value.chars().count() >= LEAST_CHARS && !"[redacted:".contains(value) {
        SCANNER.write().unwrap_or_else(PoisonError::into_inner).add_value(name, value);
    }
}

/// Registers the values of all environment variables whose names end in `KEY`, `TOKEN`, `SECRET` or `PASSWORD`.
pub fn register_environment() {
    for (name, value) in env::vars_os() {
        if let (Some(name), Some(value)) = (name.to_str(), value.to_str())
            && names_a_secret(name)
        {
            secret(name, value);
        }
    }
}

/// Adds regular expressions, in the syntax of the crate `regex-lite`, whose matches are replaced. None is added when
/// one of them cannot be read.
///
/// # Errors
/// A pattern is not a regular expression; the message names it.
pub fn add_patterns(patterns: &[String]) -> Result<(), RedactError> {
    let compiled = patterns
        .iter()
        .map(|pattern| {
            Regex::new(pattern).map_err(|error| RedactError { pattern: pattern.clone(), problem: error.to_string() })
        })
        .collect::<Result<Vec<_>, _>>()?;
    SCANNER.write().unwrap_or_else(PoisonError::into_inner).add_patterns(compiled);
    Ok(())
}

/// `text` with every known secret replaced by `[redacted:NAME]`.
///
/// Known are the registered values ([`secret`]), tokens that are known by their looks (`sk-…`, `ghp_…`, `AIza…`,
/// `AKIA…`, `xoxb-…`, JSON Web Tokens, `Bearer …`), the values of `Authorization`, `api-key` and `Cookie` headers, and
/// what the user's patterns match ([`add_patterns`]).
pub fn redact(text: &str) -> String {
    replaced(text).unwrap_or_else(|| text.to_owned())
}

/// [`redact`] without a copy of a clean text.
pub(super) fn redact_owned(text: String) -> String {
    replaced(&text).unwrap_or(text)
}

/// Patterns of `redact = […]` that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedactError {
    /// The pattern as written.
    pub pattern: String,
    /// Why it is no regular expression.
    pub problem: String,
}

impl fmt::Display for RedactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` in `redact` is not a regular expression: {}", self.pattern, self.problem)
    }
}

impl std::error::Error for RedactError {}

fn replaced(text: &str) -> Option<String> {
    SCANNER.read().unwrap_or_else(PoisonError::into_inner).replace(text)
}

fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["KEY", "TOKEN", "SECRET", "PASSWORD"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_and_spaces_are_ignored() {
        secret("PIN", "1234567");
        secret("SPACES", "               ");
        secret("WORD", "redacted");
        secret("FILE_TOKEN", "  from-a-file-7261\n");
        assert_eq!(
            redact("1234567                redacted from-a-file-7261"),
            "1234567                redacted [redacted:FILE_TOKEN]"
        );
    }

    #[test]
    fn names_of_variables() {
        for name in ["OPENAI_API_KEY", "token", "Db_Password", "CLIENT_SECRET", "KEY"] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in ["PATH", "KEYBOARD", "TOKENS", "HOME", ""] {
            assert!(!names_a_secret(name), "{name}");
        }
    }

    #[test]
    fn patterns_of_the_user() {
        let error = add_patterns(&["ok".to_owned(), "acct-[".to_owned()]).unwrap_err();
        assert!(error.to_string().starts_with("`acct-[` in `redact` is not a regular expression: "), "{error}");
        assert_eq!(redact("ok"), "ok");
        add_patterns(&[r"acct-\d{4}".to_owned(), "z*".to_owned()]).unwrap();
        assert_eq!(redact("from acct-1234 to acct-99999"), "from [redacted:pattern] to [redacted:pattern]9");
    }

    #[test]
    fn the_first_name_of_a_value_stays() {
        secret("FIRST_KEY", "registered-twice-1");
        secret("SECOND_KEY", "registered-twice-1");
        assert_eq!(redact("registered-twice-1"), "[redacted:FIRST_KEY]");
    }

    #[test]
    fn threads_may_register_while_others_redact() {
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    for i in 0..50 {
                        let value = format!("thread-secret-{thread}-{i:04}");
                        secret("T_KEY", &value);
                        assert_eq!(redact(&value), "[redacted:T_KEY]");
                    }
                });
            }
        });
    }
}
