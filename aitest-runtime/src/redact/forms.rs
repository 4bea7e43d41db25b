//! The spellings under which a secret turns up in texts.

use std::fmt::Write;

/// All spellings of `value`, itself included, without duplicates.
pub(super) fn forms(value: &str) -> Vec<String> {
    let json = json_escaped(value);
    let (percent, percent_lowercase) = (percent_encoded(value), percent_encoded_lowercase(value));
    let mut forms = vec![
        value.to_owned(),
        json_escaped(&json),
        json.replace('/', "\\/"),
        json_ascii(&json),
        json,
        percent.replace("%20", "+"),
        percent,
        percent_lowercase.replace("%20", "+"),
        percent_lowercase,
        html_escaped(value, "&quot;", "&#39;"),
        html_escaped(value, "&#34;", "&#x27;"),
    ];
    for alphabet in [b"+/", b"-_"] {
        // A value inside a longer text, such as `user:password`, begins at any of three places of a base64 group.
        forms.extend((0..3).map(|offset| base64_inner(value.as_bytes(), offset, *alphabet)));
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn json_escaped(value: &str) -> String {
    // A string always has a JSON form.
    let quoted = serde_json::to_string(value).unwrap_or_default();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// As error pages show it; writers differ in how they write quotes.
fn html_escaped(value: &str, double: &str, single: &str) -> String {
    let text = value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', double).replace('\'', single)
}

/// JSON as writers make it that keep to ASCII or to what is safe in HTML.
fn json_ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && !matches!(c, '<' | '>' | '&' | '\'') {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

/// RFC 3986: all but the unreserved characters.
fn percent_encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

fn percent_encoded_lowercase(value: &str) -> String {
    let mut text = percent_encoded(value).into_bytes();
    for i in 0..text.len() {
        if text[i] == b'%' {
            text[i + 1..i + 3].make_ascii_lowercase();
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// The base64 characters that depend on `value` alone when it begins `offset` bytes into a group of three.
fn base64_inner(value: &[u8], offset: usize, last_two: [u8; 2]) -> String {
    const FIRST: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let first_char = (8 * offset).div_ceil(6);
    let end_char = 8 * (offset + value.len()) / 6;
    let bit = |at: usize| value[at / 8 - offset] >> (7 - at % 8) & 1;
    (first_char..end_char)
        .map(|char_at| {
            let index = (6 * char_at..6 * char_at + 6).fold(0, |bits, at| bits << 1 | bit(at));
            char::from(FIRST.get(usize::from(index)).copied().unwrap_or_else(|| last_two[usize::from(index) - 62]))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_value() {
        let forms = forms("pa\"ss/w örd>");
        for spelling in [
            "pa\"ss/w örd>",
            r#"pa\"ss/w örd>"#,
            r#"pa\\\"ss/w örd>"#,
            r#"pa\"ss\/w örd>"#,
            r#"pa\"ss/w \u00f6rd\u003e"#,
            "pa%22ss%2Fw%20%C3%B6rd%3E",
            "pa%22ss%2Fw+%C3%B6rd%3E",
            "pa%22ss%2fw%20%c3%b6rd%3e",
            "pa%22ss%2fw+%c3%b6rd%3e",
            "pa&quot;ss/w örd&gt;",
            "pa&#34;ss/w örd&gt;",
        ] {
            assert!(forms.iter().any(|form| form == spelling), "{spelling} is not in {forms:?}");
        }
    }

    #[test]
    fn base64_at_every_offset() {
        // base64 of "hunter22!", ":hunter22!" and "u:hunter22!".
        for (encoded, offset) in [("aHVudGVyMjIh", 0), ("Omh1bnRlcjIyIQ==", 1), ("dTpodW50ZXIyMiE=", 2)] {
            let inner = base64_inner(b"hunter22!", offset, *b"+/");
            assert!(inner.len() >= 10 && encoded.contains(&inner), "{inner} of {encoded}");
        }
        assert_eq!(base64_inner(&[0xfb, 0xff, 0xfe], 0, *b"+/"), "+//+");
        assert_eq!(base64_inner(&[0xfb, 0xff, 0xfe], 0, *b"-_"), "-__-");
    }

    #[test]
    fn a_plain_value_has_few_spellings() {
        assert_eq!(forms("abcdefgh1234").len(), 4);
    }
}
