use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Tag, options};
use serde_json::{Map, Number};

use super::{Fault, LoadErrorKind};

/// Lists and maps in each other.
pub(super) const DEEPEST: usize = 32;
/// Bytes that all aliases of a text copy together.
const MOST_COPIED: usize = 1 << 20;
/// What a value weighs besides its text.
const NODE: usize = 32;

/// A value and where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// In quotes or in a block.
    Text(String),
    /// Without quotes: `true`, `12` and `null` may be meant.
    Plain(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// Reads one YAML document, whose first line is line number `first` of its file. `None` is an empty one.
pub(crate) fn parse(yaml: &str, first: usize) -> Result<Option<Node>, Fault> {
    let options = options! { flow_nesting_limit: DEEPEST, block_nesting_limit: DEEPEST };
    let mut builder = Builder::default();
    for event in Parser::new_from_str_with_options(yaml, options) {
        let line = |line: usize| first + line.saturating_sub(1);
        let (event, span) = event.map_err(|error| syntax(&error).at(line(error.marker().line())))?;
        let at = line(span.start.line());
        builder.take(event, at).map_err(|fault| match fault.line {
            Some(_) => fault,
            None => fault.at(at),
        })?;
    }
    Ok(builder.root)
}

fn syntax(error: &ScanError) -> Fault {
    Fault::new(LoadErrorKind::Syntax, format!("this is no YAML: {}", error.info()))
}

/// Makes values of events.
#[derive(Default)]
struct Builder {
    root: Option<Node>,
    documents: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    copied: usize,
}

/// A list or map that is not complete.
struct Open {
    anchor: usize,
    node: Node,
    /// The key whose value comes next.
    key: Option<Key>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), Fault> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Fault::new(LoadErrorKind::Syntax, "a second YAML document begins here: one is read"));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                known_tag(tag.as_deref())?;
                let text = text.into_owned();
                let value = if style == ScalarStyle::Plain { Value::Plain(text) } else { Value::Text(text) };
                self.add(anchor, Node { line, value })?;
            }
            Event::SequenceStart(_, anchor, tag) => self.open(anchor, line, Value::List(Vec::new()), tag.as_deref())?,
            Event::MappingStart(_, anchor, tag) => self.open(anchor, line, Value::Map(Vec::new()), tag.as_deref())?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open { anchor, node, .. }) = self.open.pop() {
                    self.add(anchor, node)?;
                }
            }
            Event::Alias(anchor) => {
                let node = self.copy(anchor)?;
                self.add(0, Node { line, ..node })?;
            }
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, anchor: usize, line: usize, value: Value, tag: Option<&Tag>) -> Result<(), Fault> {
        known_tag(tag)?;
        self.open.push(Open { anchor, node: Node { line, value }, key: None });
        Ok(())
    }

    fn add(&mut self, anchor: usize, node: Node) -> Result<(), Fault> {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(Open { node: parent, key, .. }) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut parent.value, key.take()) {
            (Value::Map(entries), Some(key)) => entries.push((key, node)),
            (Value::Map(entries), None) => *key = Some(unique(entries, node)?),
            (Value::List(items), _) => items.push(node),
            (Value::Text(_) | Value::Plain(_), _) => {}
        }
        Ok(())
    }

    /// What an alias stands for. A few anchors can stand for more than there is memory.
    fn copy(&mut self, anchor: usize) -> Result<Node, Fault> {
        let inside = Fault::new(LoadErrorKind::Syntax, "this alias stands inside of what it stands for");
        let node = self.anchors.get(&anchor).ok_or(inside)?;
        let size = size(node);
        self.copied += size.bytes;
        if self.copied > MOST_COPIED {
            return Err(Fault::new(LoadErrorKind::TooLarge, "aliases copy more than 1 MiB: write out what is meant"));
        }
        if self.open.len() + size.depth > DEEPEST {
            return Err(Fault::new(LoadErrorKind::TooLarge, "lists and maps stand in each other more than 32 deep"));
        }
        Ok(node.clone())
    }
}

struct Size {
    bytes: usize,
    depth: usize,
}

fn size(node: &Node) -> Size {
    let all = |sizes: &mut dyn Iterator<Item = Size>| {
        sizes.fold(Size { bytes: NODE, depth: 1 }, |all, one| Size {
            bytes: all.bytes + one.bytes,
            depth: all.depth.max(one.depth + 1),
        })
    };
    match &node.value {
        Value::Text(text) | Value::Plain(text) => Size { bytes: NODE + text.len(), depth: 0 },
        Value::List(items) => all(&mut items.iter().map(size)),
        Value::Map(entries) => all(&mut entries.iter().map(|(key, node)| {
            let size = size(node);
            Size { bytes: size.bytes + NODE + key.text.len(), ..size }
        })),
    }
}

/// Tags such as `!include` ask for what is not done here; `!!str` and its like change nothing.
fn known_tag(tag: Option<&Tag>) -> Result<(), Fault> {
    match tag.filter(|tag| !tag.is_yaml_core_schema()) {
        None => Ok(()),
        Some(tag) => Err(Fault::new(LoadErrorKind::Syntax, format!("the tag `{tag}` is not read: leave it out"))),
    }
}

/// A key that the map does not have yet.
fn unique(entries: &[(Key, Node)], node: Node) -> Result<Key, Fault> {
    let Node { line, value: Value::Text(text) | Value::Plain(text) } = node else {
        return Err(Fault::new(LoadErrorKind::WrongType, "a key must be a text").at(node.line));
    };
    match entries.iter().find(|(key, _)| key.text == text) {
        None => Ok(Key { line, text }),
        Some((first, _)) => {
            let rule = format!("`{text}` is there twice: first in line {}", first.line);
            Err(Fault::new(LoadErrorKind::Duplicate, rule).at(line))
        }
    }
}

impl Node {
    /// What the value is, for a message.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Text(_) => "a text",
            Value::Plain(text) if is_null(text) => "nothing",
            Value::Plain(_) => "a plain value",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// As JSON, what is plain by YAML's core schema.
    pub(crate) fn into_json(self) -> serde_json::Value {
        match self.value {
            Value::Text(text) => text.into(),
            Value::Plain(text) => plain(text),
            Value::List(items) => items.into_iter().map(Node::into_json).collect(),
            Value::Map(entries) => {
                let entries = entries.into_iter().map(|(key, node)| (key.text, node.into_json()));
                serde_json::Value::Object(entries.collect::<Map<_, _>>())
            }
        }
    }
}

pub(crate) fn is_null(plain: &str) -> bool {
    matches!(plain, "" | "~" | "null" | "Null" | "NULL")
}

/// <https://yaml.org/spec/1.2.2/#103-core-schema>, without octal, hexadecimal and infinite numbers.
fn plain(text: String) -> serde_json::Value {
    match text.as_str() {
        "true" | "True" | "TRUE" => return true.into(),
        "false" | "False" | "FALSE" => return false.into(),
        text if is_null(text) => return serde_json::Value::Null,
        _ => {}
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let number = || match text.parse::<i64>() {
        Ok(integer) => Some(Number::from(integer)),
        Err(_) => text.parse().ok().and_then(Number::from_f64),
    };
    is_number.then(number).flatten().map_or_else(|| text.clone().into(), Into::into)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    fn value(yaml: &str) -> serde_json::Value {
        parse(yaml, 1).unwrap().unwrap().into_json()
    }

    fn message(yaml: &str) -> String {
        parse(yaml, 1).unwrap_err().of(Path::new("a")).to_string()
    }

    #[test]
    fn values_of_the_core_schema() {
        let yaml = "a: [1, -2.5, true, null, ~, '1', \"x\", 1.0.0, +, .5, 1e2, yes]\nb:\n  c: |\n    d\n    e\n  f: >-\n    g\n    h\n";
        assert_eq!(
            value(yaml),
            json!({
                "a": [1, -2.5, true, null, null, "1", "x", "1.0.0", "+", 0.5, 100.0, "yes"],
                "b": { "c": "d\ne\n", "f": "g h" },
            })
        );
        assert!(parse("# nothing\n", 1).unwrap().is_none());
    }

    #[test]
    fn aliases_are_copies() {
        assert_eq!(value("a: &x [1, 2]\nb: *x\nc: {d: *x}"), json!({"a": [1, 2], "b": [1, 2], "c": {"d": [1, 2]}}));
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..10 {
            let inner = format!("*a{}", level - 1);
            bomb += &format!("a{level}: &a{level} [{}]\n", [inner.as_str(); 10].join(","));
        }
        assert_eq!(message(&bomb), "a:5: aliases copy more than 1 MiB: write out what is meant");
        let mut deep = format!("a0: &a0 {}{}\n", "[".repeat(20), "]".repeat(20));
        deep += &format!("a1: {}*a0{}\n", "[".repeat(20), "]".repeat(20));
        assert_eq!(message(&deep), "a:2: lists and maps stand in each other more than 32 deep");
    }

    #[test]
    fn what_is_not_read() {
        for (yaml, expected) in [
            ("a: &x [*x]", "a:1: this alias stands inside of what it stands for"),
            ("a: 1\nb: 2\na: 3", "a:3: `a` is there twice: first in line 1"),
            ("a: 1\n? [b]\n: c", "a:2: a key must be a text"),
            ("a: 1\n---\nb: 2", "a:2: a second YAML document begins here: one is read"),
            ("a: !include b.yaml", "a:1: the tag `!include` is not read: leave it out"),
        ] {
            assert_eq!(message(yaml), expected);
        }
        assert_eq!(value("a: !!str 1"), json!({"a": 1}));
        for yaml in ["a: [1", "a: 'b", "a:\n\tb: c", "a: *none", "a: b: c", &"[".repeat(40_000)] {
            let message = message(yaml);
            assert!(message.contains(": this is no YAML: "), "{message}");
        }
    }
}
