use std::path::Path;

use super::{Fault, Fields, LoadError, LoadErrorKind, read, yaml};

/// Bytes of the longest front matter: no YAML is read before its length is known.
const LONGEST: usize = 64 << 10;
const FENCE: &str = "---";

/// A Markdown file with YAML between two `---` at its beginning.
#[derive(Debug)]
pub(crate) struct Document {
    /// What the front matter says; `None` without any.
    pub(crate) front: Option<Fields>,
    /// What follows, without blank lines around it.
    pub(crate) body: String,
}

impl Document {
    /// # Errors
    /// The file cannot be read, or its front matter is no YAML of keys and values.
    pub(crate) fn read(path: &Path) -> Result<Self, LoadError> {
        Document::parse(&read(path)?).map_err(|fault| fault.of(path))
    }

    /// The same for a format whose readers forgive what YAML does not: a value such as `[amount] [account]` or
    /// `Use when: …` is then the text that stands there.
    pub(crate) fn read_forgiving(path: &Path) -> Result<Self, LoadError> {
        let text = read(path)?;
        let strict = Document::parse(&text);
        let forgiven = || Document::parse(&quoted(&text)).ok();
        match strict {
            Err(fault) if fault.kind() == LoadErrorKind::Syntax => forgiven().ok_or_else(|| fault.of(path)),
            read => read.map_err(|fault| fault.of(path)),
        }
    }

    /// The same as [`Document::read`] for a file that must have front matter.
    pub(crate) fn read_with_front(path: &Path) -> Result<(Fields, String), LoadError> {
        let Document { front, body } = Document::read(path)?;
        let missing = || Fault::new(LoadErrorKind::Missing, "it must begin with front matter: YAML between two `---`");
        Ok((front.ok_or_else(|| missing().at(1).of(path))?, body))
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let Some((yaml, body)) = split(text)? else {
            return Ok(Document { front: None, body: text.trim().to_owned() });
        };
        // The front matter begins in line 2, below the fence.
        let fields = Fields::of(yaml::parse(yaml, 2)?, 1)?;
        Ok(Document { front: Some(fields), body: body.trim().to_owned() })
    }
}

/// The front matter and what follows it.
fn split(text: &str) -> Result<Option<(&str, &str)>, Fault> {
    let is_fence = |line: &str| line.trim_end() == FENCE;
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| is_fence(line)) else { return Ok(None) };
    let mut end = first.len();
    for line in lines {
        if is_fence(line) {
            let yaml = &text[first.len()..end];
            return match yaml.len() {
                0..=LONGEST => Ok(Some((yaml, &text[end + line.len()..]))),
                _ => Err(Fault::new(LoadErrorKind::TooLarge, "the front matter is longer than 64 KiB").at(1)),
            };
        }
        end += line.len();
    }
    Err(Fault::new(LoadErrorKind::Syntax, "the front matter has no end: add a line `---` below it").at(1))
}

/// `text` with quotes around what follows a key and is no YAML.
fn quoted(text: &str) -> String {
    let Ok(Some((front, body))) = split(text) else { return text.to_owned() };
    let lines = front.lines().map(|line| match line.split_once(": ") {
        Some((key, value)) if is_key(key) && yaml::parse(line, 1).is_err() => {
            format!("{key}: '{}'\n", value.trim().replace('\'', "''"))
        }
        _ => format!("{line}\n"),
    });
    format!("{FENCE}\n{}{FENCE}\n{body}", lines.collect::<String>())
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::decode;
    use super::*;

    fn message(text: &str) -> String {
        Document::parse(text).unwrap_err().of(Path::new("a.md")).to_string()
    }

    #[test]
    fn front_matter_stands_at_the_beginning() {
        let plain = Document::parse("\n---\na: b\n---\nc\n").unwrap();
        assert!(plain.front.is_none());
        assert_eq!(plain.body, "---\na: b\n---\nc");
        let mut document = Document::parse("---  \na: b\n---\n\nc\n---\nd\n").unwrap();
        assert_eq!(document.front.as_mut().unwrap().text("a").unwrap().unwrap().text, "b");
        assert_eq!(document.body, "c\n---\nd");
        assert_eq!(Document::parse("---\n---").unwrap().body, "");
    }

    #[test]
    fn what_is_no_front_matter() {
        assert_eq!(message("---\na: b\n"), "a.md:1: the front matter has no end: add a line `---` below it");
        let long = format!("---\na: {}\n---\n", "x".repeat(LONGEST));
        assert_eq!(message(&long), "a.md:1: the front matter is longer than 64 KiB");
        assert_eq!(
            message("---\n- a\n---\n"),
            "a.md:1: there must be keys and values, `key: value`, and there is a list"
        );
    }

    #[test]
    fn a_value_that_is_no_yaml_is_forgiven_where_readers_do() {
        let text = "---\na: [x] [y]\nb: Use when: it's so\nc: [d, e]\nf: |\n  g: [h] i\n---\nbody";
        assert!(Document::parse(text).is_err());
        let Document { front, body } = Document::parse(&quoted(text)).unwrap();
        let expected =
            serde_json::json!({"a": "[x] [y]", "b": "Use when: it's so", "c": ["d", "e"], "f": "g: [h] i\n"});
        assert_eq!((serde_json::Value::Object(front.unwrap().rest()), body.as_str()), (expected, "body"));
        assert!(Document::parse(&quoted("---\na: 'x\n  b: [\n---\n")).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes).and_then(|text| Document::parse(&text));
        }

        #[test]
        fn any_front_matter_is_read_or_refused(yaml in "[-a-z:&*!\\[\\]{}'\"|> #?,%@~0-9\\n\\t\u{e4}]{0,80}") {
            if let Ok(Document { front: Some(fields), .. }) = Document::parse(&format!("---\n{yaml}\n---\nbody")) {
                let _ = fields.rest();
            }
        }

        #[test]
        fn any_text_comes_back(text in "[ -~\u{a0}-\u{2ff}]{0,40}", body in "[a-z\\n]{0,40}") {
            let quoted = text.replace('\'', "''");
            let document = Document::parse(&format!("---\nkey: '{quoted}'\n---\n{body}")).unwrap();
            prop_assert_eq!(&document.front.unwrap().text("key").unwrap().unwrap().text, &text);
            prop_assert_eq!(document.body, body.trim());
        }
    }
}
