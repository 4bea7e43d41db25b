//! Texts of others, for messages.

use aitest_runtime::host;

/// The longest secret that a cut may meet.
const MARGIN: usize = 8 * 1024;

/// The first `characters` of `text`, with `…` where something was cut. Secrets are replaced first: a cut would leave a
/// part of one that nobody recognizes.
pub(crate) fn start_of(text: &str, characters: usize) -> String {
    let enough = text.char_indices().nth(characters + MARGIN).map_or(text, |(end, _)| &text[..end]);
    let text = host::redact(enough);
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_leaves_no_part_of_a_secret() {
        host::secret("CUT_KEY", "correct-horse-battery");
        let text = format!("{}correct-horse-battery and more", "x".repeat(10));
        assert_eq!(start_of(&text, 18), format!("{}[redacte…", "x".repeat(10)));
        assert_eq!(start_of("short", 18), "short");
        assert_eq!(start_of("äöü", 2), "äö…");
    }
}
