/// A message in pieces: what all messages of one cause have in common, and what may differ between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// A number or an id. `original` while all messages have the same.
    Slot {
        name: &'static str,
        original: Option<String>,
    },
}

impl Pattern {
    /// Numbers become `<n>`, long hexadecimal words `<id>`, paths their last part; quoted texts stay up to 40
    /// characters. The first line alone, of its first 400 characters.
    pub(super) fn of(message: &str) -> Self {
        let line = message.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let line: String = line.trim().chars().take(400).collect();
        let mut pattern = Pattern(Vec::new());
        let mut rest = line.as_str();
        let mut after_word = false;
        while let Some(c) = rest.chars().next() {
            // An apostrophe within a word is no quote.
            let quoted = quoted_length(rest).filter(|_| !(c == '\'' && after_word));
            let length = match quoted {
                Some(length) => length,
                None if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                None => c.len_utf8(),
            };
            let (piece, tail) = rest.split_at(length);
            match quoted {
                Some(_) => pattern.push_quoted(piece),
                None if is_word(c) => pattern.push_word(piece),
                None => pattern.push_text(piece),
            }
            (rest, after_word) = (tail, is_word(c));
        }
        pattern
    }

    /// What all messages have in common, up to 200 characters.
    pub(super) fn text(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Slot { name, .. } => (*name).to_owned(),
        };
        self.0.iter().map(part).collect::<String>().chars().take(200).collect()
    }

    /// The same with the numbers and ids that all messages share.
    pub(super) fn shared(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Slot { name, original } => original.clone().unwrap_or_else(|| (*name).to_owned()),
        };
        self.0.iter().map(part).collect()
    }

    /// Forgets the numbers and ids that `other` does not share. `false` when the two differ in more.
    pub(super) fn merge(&mut self, other: &Pattern) -> bool {
        if self.0.len() != other.0.len() {
            return false;
        }
        self.0.iter_mut().zip(&other.0).all(|(mine, theirs)| match (mine, theirs) {
            (Part::Text(mine), Part::Text(theirs)) => mine == theirs,
            (Part::Slot { name, original }, Part::Slot { name: other_name, original: theirs }) => {
                if original != theirs {
                    *original = None;
                }
                name == other_name
            }
            _ => false,
        })
    }

    fn push_text(&mut self, piece: &str) {
        if let Some(Part::Text(text)) = self.0.last_mut() {
            text.push_str(piece);
        } else {
            self.0.push(Part::Text(piece.to_owned()));
        }
    }

    fn push_slot(&mut self, name: &'static str, original: &str) {
        self.0.push(Part::Slot { name, original: Some(original.to_owned()) });
    }

    fn push_quoted(&mut self, quoted: &str) {
        let (quote, inner) = (&quoted[..1], &quoted[1..quoted.len() - 1]);
        let mut text: String = inner.chars().take(40).collect();
        if inner.chars().nth(40).is_some() {
            text.push('…');
        }
        self.push_text(&format!("{quote}{text}{quote}"));
    }

    fn push_word(&mut self, word: &str) {
        let hex_digits = word.bytes().filter(u8::is_ascii_hexdigit).count();
        let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if is_hex && hex_digits >= 8 && word.bytes().any(|byte| byte.is_ascii_digit()) {
            return self.push_slot("<id>", word);
        }
        let is_url = word.contains("://");
        let last = word.rsplit(['/', '\\']).find(|part| !part.is_empty());
        self.push_numbers(if is_url { word } else { last.unwrap_or(word) });
    }

    fn push_numbers(&mut self, word: &str) {
        let mut rest = word;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (text, number) = rest.split_at(start);
            let length = number_length(number);
            if !text.is_empty() {
                self.push_text(text);
            }
            self.push_slot("<n>", &number[..length]);
            rest = &number[length..];
        }
        if !rest.is_empty() {
            self.push_text(rest);
        }
    }
}

/// Bytes of the number that `text` begins with: digits, also after a point.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let mut length = 0;
    while is_digit(length) || (bytes.get(length) == Some(&b'.') && is_digit(length + 1)) {
        length += 1;
    }
    length
}

/// Bytes of the quoted text that `text` begins with, its quotes included.
fn quoted_length(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    text[1..].find(quote).map(|length| length + 2)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '\\' | ':')
}

#[cfg(test)]
mod tests {
    use super::Pattern;

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
            assert_eq!(Pattern::of(message).text(), expected);
        }
        assert_eq!(Pattern::of(&format!("\"{}\"", "x".repeat(50))).text(), format!("\"{}…\"", "x".repeat(40)));
        assert_eq!(Pattern::of(&"y".repeat(5000)).text().len(), 200);
    }

    #[test]
    fn what_messages_share_stays() {
        let mut pattern = Pattern::of("429 after 4 tries (request 1)");
        assert!(pattern.merge(&Pattern::of("429 after 4 tries (request 2)")));
        assert_eq!(pattern.shared(), "429 after 4 tries (request <n>)");
        assert!(!pattern.merge(&Pattern::of("429 after 4 tries")));
    }
}
