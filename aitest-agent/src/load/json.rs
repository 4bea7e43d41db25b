use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::yaml::{DEEPEST, Key, Node, Value};
use super::{Fault, LoadErrorKind};

/// Reads JSON into values that know their lines.
pub(crate) fn parse(text: &str) -> Result<Node, Fault> {
    let starts = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    let reader = Reader { begin: text.as_ptr() as usize, starts };
    let raw = serde_json::from_str(text).map_err(|error| syntax(&error).at(error.line()))?;
    reader.node(raw, 0)
}

fn syntax(error: &serde_json::Error) -> Fault {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    Fault::new(LoadErrorKind::Syntax, format!("this is no JSON: {message}"))
}

/// Knows the line of each part of a text.
struct Reader {
    /// Where the text is in memory.
    begin: usize,
    /// Where its second and further lines begin.
    starts: Vec<usize>,
}

impl Reader {
    fn line(&self, raw: &RawValue) -> usize {
        let offset = raw.get().as_ptr() as usize - self.begin;
        self.starts.partition_point(|start| *start <= offset) + 1
    }

    fn node(&self, raw: &RawValue, depth: usize) -> Result<Node, Fault> {
        let line = self.line(raw);
        let wrong = |error: serde_json::Error| syntax(&error).at(line);
        if depth > DEEPEST {
            return Err(
                Fault::new(LoadErrorKind::TooLarge, "lists and maps stand in each other more than 32 deep").at(line)
            );
        }
        let value = match raw.get().as_bytes().first() {
            Some(b'"') => Value::Text(serde_json::from_str(raw.get()).map_err(wrong)?),
            Some(b'[') => {
                let items = serde_json::from_str::<Vec<&RawValue>>(raw.get()).map_err(wrong)?;
                Value::List(items.into_iter().map(|item| self.node(item, depth + 1)).collect::<Result<_, _>>()?)
            }
            Some(b'{') => self.map(serde_json::from_str(raw.get()).map_err(wrong)?, depth)?,
            _ => Value::Plain(raw.get().to_owned()),
        };
        Ok(Node { line, value })
    }

    fn map(&self, Entries(raw): Entries<'_>, depth: usize) -> Result<Value, Fault> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        for (text, value) in raw {
            let node = self.node(value, depth + 1)?;
            if let Some((first, _)) = entries.iter().find(|(key, _)| key.text == text) {
                let rule = format!("`{text}` is there twice: first in line {}", first.line);
                return Err(Fault::new(LoadErrorKind::Duplicate, rule).at(node.line));
            }
            entries.push((Key { line: node.line, text }, node));
        }
        Ok(Value::Map(entries))
    }
}

/// The entries of an object, in their order.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_and_their_lines() {
        let text = "{\n\t\"a\": \"\\ud83d\\ude00\\n\",\n  \"b\": [1,\n true, null]\n}\n";
        let node = parse(text).unwrap();
        let Value::Map(entries) = &node.value else { panic!("{node:?}") };
        let Value::List(items) = &entries[1].1.value else { panic!("{node:?}") };
        assert_eq!([node.line, entries[0].1.line, entries[1].0.line, items[0].line, items[2].line], [1, 2, 3, 3, 4]);
        assert_eq!(node.into_json(), serde_json::json!({ "a": "😀\n", "b": [1, true, null] }));
    }

    #[test]
    fn what_is_no_json() {
        let message = |text: &str| parse(text).unwrap_err().of(Path::new("a")).to_string();
        assert_eq!(message("{\n  \"a\": 1,\n}"), "a:3: this is no JSON: key must be a string");
        assert_eq!(message("{\n\"a\": 1,\n\"a\": 2}"), "a:3: `a` is there twice: first in line 2");
        assert_eq!(message(""), "a:1: this is no JSON: EOF while parsing a value");
        let deep = format!("\n{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(message(&deep), "a:2: lists and maps stand in each other more than 32 deep");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[\\[\\]{}\":,0-9a-z \\\\\\n\u{e4}-]{0,60}") {
            let expected = serde_json::from_str::<serde_json::Value>(&text).ok();
            let read = parse(&text).ok().map(Node::into_json);
            // Keys may be there twice for serde, and for us not.
            prop_assert!(read.is_none() || read == expected, "{:?} {:?}", read, expected);
        }
    }
}
