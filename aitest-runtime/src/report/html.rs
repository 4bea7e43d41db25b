use std::io::{self, BufWriter, Write};

use askama::Template;
use sha2::{Digest, Sha256};

use super::results::Results;
use super::view::Page;

const STYLE: &str = include_str!("../../templates/report.css");

/// The page around everything. Templates compute nothing; they escape every text that they write, but the style sheet.
#[derive(Template)]
#[template(path = "_layout.html", whitespace = "minimize")]
struct Layout<'r> {
    page: Page<'r>,
    style: &'static str,
    style_hash: String,
}

/// Writes `results` as one HTML file without scripts, readable offline, piece by piece.
///
/// Its content security policy forbids scripts, forms and every request; it allows this one style sheet, by its hash.
///
/// # Errors
/// `out` cannot be written to.
pub fn write_html(results: &Results<'_>, out: impl Write) -> io::Result<()> {
    let layout = Layout { page: Page::of(results), style: STYLE, style_hash: base64(&Sha256::digest(STYLE)) };
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    layout.write_into(&mut out)?;
    out.flush()
}

/// Base64 of RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0, |group, byte| group << 8 | usize::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            let digit = DIGITS[group >> (18 - 6 * position) & 63];
            text.push(if position <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_of_the_rfc() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
