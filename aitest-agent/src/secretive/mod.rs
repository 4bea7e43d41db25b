//! Values that may be secrets, and the names that say that they are.

#[cfg(feature = "agent")]
mod value;

use aitest_runtime::host;

#[cfg(feature = "agent")]
pub(crate) use value::Secretive;

/// Whether a variable or header of this name holds a secret.
pub(crate) fn is_secret(variable: &str) -> bool {
    let variable = variable.to_ascii_uppercase();
    ["KEY", "TOKEN", "SECRET", "PASSWORD"].iter().any(|end| variable.ends_with(end))
}

/// Registers what is secret in the value of the header `name`: all of it, and its parts, since a server may tell a
/// token without its scheme, or one cookie of several. Short parts, such as the scheme, are no secrets.
pub(crate) fn register_header(name: &str, value: &str) {
    let words = value.split([' ', ';', ',']);
    let parts = words.flat_map(|word| [Some(word), word.split_once('=').map(|(_, value)| value)]);
    for secret in [value].into_iter().chain(parts.flatten()) {
        host::secret(name, secret.trim_matches('"'));
    }
}

/// Registers the password of an address, as it stands there and as it is sent.
pub(crate) fn register_password(name: &str, url: &reqwest::Url) {
    let Some(password) = url.password() else { return };
    host::secret(name, password);
    host::secret(name, &percent_decoded(password));
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut decoded, mut place) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(place) {
        let digits = text.get(place + 1..place + 3).filter(|_| *byte == b'%');
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(escaped.unwrap_or(*byte));
        place += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_secret_as_a_whole_and_in_its_parts() {
        register_header("x-auth", "Basic header-word-one of ours");
        register_header("Cookie", "sid=cookie-word-one; theme=dark");
        for text in ["Basic header-word-one of ours", "header-word-one", "cookie-word-one", "sid=cookie-word-one;"] {
            assert!(!host::redact(text).contains("-word-"), "{text}");
        }
        assert_eq!(host::redact("ours, dark"), "ours, dark", "too short to be secrets");
    }

    #[test]
    fn a_password_is_secret_in_both_spellings() {
        register_password("proxy", &"http://me:p%40ss%2Fword%zz@h/".parse().unwrap());
        assert_eq!(host::redact("p%40ss%2Fword%zz"), "[redacted:proxy]");
        assert_eq!(host::redact("p@ss/word%zz"), "[redacted:proxy]");
    }
}
