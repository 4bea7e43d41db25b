use serde_json::{Map, Value as Json};

use super::yaml::{Key, Node, Value, is_null};
use super::{Fault, LoadErrorKind};

/// The keys and values of a file, each taken out when it is read.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// Where they begin.
    line: usize,
    /// Numbers, `true` and `false` are no texts: in JSON.
    is_json: bool,
    entries: Vec<(Key, Node)>,
}

/// A text and its line.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) line: usize,
    pub(crate) text: String,
}

impl Text {
    /// A fault in this text.
    pub(crate) fn wrong(&self, rule: impl AsRef<str>) -> Fault {
        Fault::new(LoadErrorKind::InvalidValue, rule).at(self.line)
    }
}

impl Fields {
    /// # Errors
    /// The file's value is no map.
    pub(crate) fn of(node: Option<Node>, line: usize) -> Result<Self, Fault> {
        match node {
            None => Ok(Fields { line, ..Fields::default() }),
            Some(Node { value: Value::Map(entries), .. }) => Ok(Fields { line, entries, is_json: false }),
            Some(node) => {
                let rule = format!("there must be keys and values, `key: value`, and there is {}", node.kind());
                Err(Fault::new(LoadErrorKind::WrongType, rule).at(line))
            }
        }
    }

    /// The same for JSON.
    pub(crate) fn of_json(node: Node) -> Result<Self, Fault> {
        let line = node.line;
        Ok(Fields { is_json: true, ..Fields::of(Some(node), line)? })
    }

    pub(crate) fn line(&self) -> usize {
        self.line
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<Node> {
        let place = self.entries.iter().position(|(known, _)| known.text == key)?;
        Some(self.entries.remove(place).1)
    }

    /// A text; every value without quotes is one, as in `version: 1.0`. Nothing, as in `name:`, is none.
    pub(crate) fn text(&mut self, key: &str) -> Result<Option<Text>, Fault> {
        self.take(key).map_or(Ok(None), |node| self.text_of(key, node))
    }

    /// What a text says; `None` where the key is not there or says nothing.
    pub(crate) fn optional(&mut self, key: &str) -> Result<Option<String>, Fault> {
        let text = self.text(key)?.map(|text| text.text.trim().to_owned());
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// A text that must be there and say something.
    pub(crate) fn required(&mut self, key: &str) -> Result<Text, Fault> {
        let line = self.line;
        let text = self.text(key)?.filter(|text| !text.text.trim().is_empty());
        text.ok_or_else(|| Fault::new(LoadErrorKind::Missing, format!("`{key}` is missing or empty")).at(line))
    }

    /// A list of texts, or one text whose parts stand apart by commas or spaces: `Read, Bash(git add:*)`. `None` where
    /// the key is not there.
    pub(crate) fn names(&mut self, key: &str) -> Result<Option<Vec<String>>, Fault> {
        if self.is_list(key) {
            return Ok(Some(self.texts(key)?.into_iter().map(|text| text.text).collect()));
        }
        Ok(self.text(key)?.map(|text| parts(&text.text)))
    }

    pub(crate) fn is_list(&self, key: &str) -> bool {
        let node = self.entries.iter().find(|(known, _)| known.text == key).map(|(_, node)| node);
        matches!(node, Some(Node { value: Value::List(_), .. }))
    }

    /// The items of a list; none where the key is not there.
    pub(crate) fn list(&mut self, key: &str) -> Result<Vec<Node>, Fault> {
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Node { value: Value::List(items), .. }) => Ok(items),
            Some(node) => Err(wrong_type(key, "a list", &node)),
        }
    }

    /// The texts of a list; none where the key is not there.
    pub(crate) fn texts(&mut self, key: &str) -> Result<Vec<Text>, Fault> {
        let items = self.list(key)?.into_iter();
        let texts = items.map(|item| self.text_of(&format!("{key}[]"), item));
        texts.filter_map(Result::transpose).collect()
    }

    /// A map of whatever there is; empty where the key is not there.
    pub(crate) fn map(&mut self, key: &str) -> Result<Map<String, Json>, Fault> {
        match self.take(key) {
            None => Ok(Map::new()),
            Some(Node { value: Value::Plain(text), .. }) if is_null(&text) => Ok(Map::new()),
            Some(node @ Node { value: Value::Map(_), .. }) => match node.into_json() {
                Json::Object(map) => Ok(map),
                _ => Ok(Map::new()),
            },
            Some(node) => Err(wrong_type(key, "a map of keys and values", &node)),
        }
    }

    /// What stands under `metadata`, and all else that was not taken.
    pub(crate) fn metadata(mut self) -> Result<Map<String, Json>, Fault> {
        let mut metadata = self.map("metadata")?;
        for (key, value) in self.rest() {
            metadata.entry(key).or_insert(value);
        }
        Ok(metadata)
    }

    fn text_of(&self, key: &str, node: Node) -> Result<Option<Text>, Fault> {
        match node.value {
            Value::Plain(text) if is_null(&text) => Ok(None),
            Value::Plain(_) if self.is_json => Err(wrong_type(key, "a text", &node)),
            Value::Text(text) | Value::Plain(text) => Ok(Some(Text { line: node.line, text })),
            Value::List(_) | Value::Map(_) => Err(wrong_type(key, "a text", &node)),
        }
    }

    /// What was not taken, in its order.
    pub(crate) fn entries(self) -> impl Iterator<Item = (String, Node)> {
        self.entries.into_iter().map(|(key, node)| (key.text, node))
    }

    /// The same as JSON.
    pub(crate) fn rest(self) -> Map<String, Json> {
        self.entries().map(|(key, node)| (key, node.into_json())).collect()
    }
}

pub(crate) fn wrong_type(key: &str, expected: &str, node: &Node) -> Fault {
    let rule = format!("`{key}` must be {expected}, and it is {}", node.kind());
    Fault::new(LoadErrorKind::WrongType, rule).at(node.line)
}

/// Splits at commas and spaces outside of parentheses.
fn parts(text: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let is_gap = |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && (c == ',' || c.is_whitespace())
    };
    text.split(is_gap).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::yaml;
    use super::*;

    fn fields(yaml: &str) -> Fields {
        Fields::of(yaml::parse(yaml, 2).unwrap(), 1).unwrap()
    }

    #[test]
    fn names_as_they_are_written() {
        for (yaml, expected) in [
            ("tools: [a, 'b c']", vec!["a", "b c"]),
            ("tools:\n- a\n- b", vec!["a", "b"]),
            ("tools: Read, Grep ,Bash", vec!["Read", "Grep", "Bash"]),
            ("tools: Bash(git add:*) Read", vec!["Bash(git add:*)", "Read"]),
            ("tools: []", vec![]),
        ] {
            assert_eq!(fields(yaml).names("tools").unwrap().unwrap(), expected, "{yaml}");
        }
        assert_eq!(fields("a: b").names("tools").unwrap(), None);
    }

    #[test]
    fn wrong_types_name_the_line() {
        let message = |fault: Fault| fault.of(Path::new("a")).to_string();
        let mut all = fields("name: [a]\ntools:\n- b\n- c: d\nmetadata: x\nempty:\nversion: 1.0");
        assert_eq!(message(all.text("name").unwrap_err()), "a:2: `name` must be a text, and it is a list");
        assert_eq!(message(all.names("tools").unwrap_err()), "a:5: `tools[]` must be a text, and it is a map");
        let expected = "a:6: `metadata` must be a map of keys and values, and it is a plain value";
        assert_eq!(message(all.map("metadata").unwrap_err()), expected);
        assert_eq!(message(all.required("empty").unwrap_err()), "a:1: `empty` is missing or empty");
        assert_eq!(all.text("version").unwrap().unwrap().text, "1.0");
        assert!(all.rest().is_empty());
    }
}
