use serde_json::{Map, Value, json};

/// What Gemini reads of JSON Schema: <https://ai.google.dev/api/generate-content#FIELDS.response_json_schema>.
const KEPT: [&str; 13] = [
    "type",
    "format",
    "title",
    "description",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "required",
    "enum",
    "propertyOrdering",
    "additionalProperties",
    "$ref",
];
/// Where further schemas stand, one, in a list, or by name.
const ONE: [&str; 2] = ["items", "additionalProperties"];
const LISTS: [&str; 3] = ["anyOf", "oneOf", "prefixItems"];
/// How deep parts of `allOf` are resolved.
const DEEPEST: usize = 16;

/// A tool's schema as Gemini takes it. What says the same in other words is translated (`const`, `allOf`,
/// `definitions`), and what it does not know is left out (`pattern`, `not`, `if`). A schema may refer to itself.
pub(super) fn parameters(schema: &Map<String, Value>) -> Value {
    let definitions = Definitions(schema);
    let mut parameters = definitions.translate_object(schema, 0);
    parameters.entry("type").or_insert_with(|| "object".into());
    let names = ["definitions", "$defs"].iter().filter_map(|key| schema.get(*key)?.as_object()).flatten();
    let named = names.map(|(name, schema)| (name.clone(), definitions.translate(schema, 0)));
    let named = named.collect::<Map<_, _>>();
    if !named.is_empty() {
        parameters.insert("$defs".to_owned(), named.into());
    }
    parameters.into()
}

/// The schema that a `$ref` begins in.
struct Definitions<'a>(&'a Map<String, Value>);

impl Definitions<'_> {
    fn translate(&self, schema: &Value, depth: usize) -> Value {
        match schema {
            Value::Object(schema) => self.translate_object(schema, depth).into(),
            // `true` allows everything; `false` has no counterpart.
            _ => json!({}),
        }
    }

    fn translate_object(&self, schema: &Map<String, Value>, depth: usize) -> Map<String, Value> {
        // Beside a reference nothing else may stand.
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let reference = reference.replacen("#/definitions/", "#/$defs/", 1);
            return Map::from_iter([("$ref".to_owned(), reference.into())]);
        }
        let mut translated = Map::new();
        for (key, value) in schema {
            let key = key.as_str();
            let value = match (key, value) {
                ("const", value) => {
                    translated.extend(allowed(std::slice::from_ref(value)).map(|values| ("enum".to_owned(), values)));
                    continue;
                }
                ("enum", Value::Array(values)) => allowed(values),
                ("properties", Value::Object(properties)) => {
                    let properties = properties.iter().map(|(name, one)| (name.clone(), self.translate(one, depth)));
                    Some(properties.collect::<Map<_, _>>().into())
                }
                (key, Value::Array(schemas)) if LISTS.contains(&key) => {
                    Some(schemas.iter().map(|one| self.translate(one, depth)).collect())
                }
                (key, value @ Value::Object(_)) if ONE.contains(&key) => Some(self.translate(value, depth)),
                (key, value) if KEPT.contains(&key) => Some(value.clone()),
                _ => None,
            };
            translated.extend(value.map(|value| (key.to_owned(), value)));
        }
        self.merge_all_of(&mut translated, schema, depth);
        translated
    }

    /// `allOf` is one schema that says what all of them say.
    fn merge_all_of(&self, into: &mut Map<String, Value>, schema: &Map<String, Value>, depth: usize) {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for part in parts.take_while(|_| depth < DEEPEST) {
            let part = self.resolve(part);
            for (key, value) in part.map(|part| self.translate_object(part, depth + 1)).into_iter().flatten() {
                match (into.get_mut(&key), value) {
                    (Some(Value::Object(known)), Value::Object(further)) => known.extend(further),
                    (Some(Value::Array(known)), Value::Array(further)) if key == "required" => known.extend(further),
                    (Some(_), _) => {}
                    (None, value) => {
                        into.insert(key, value);
                    }
                }
            }
        }
    }

    /// What a reference stands for.
    fn resolve<'b>(&'b self, schema: &'b Value) -> Option<&'b Map<String, Value>> {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let Some(path) = reference.and_then(|reference| reference.strip_prefix("#/")) else {
            return schema.as_object();
        };
        let (first, rest) = path.split_once('/')?;
        self.0.get(first)?.get(rest)?.as_object()
    }
}

/// The texts and numbers among `values`: others cannot be enumerated.
fn allowed(values: &[Value]) -> Option<Value> {
    let values = values.iter().filter(|value| value.is_string() || value.is_number()).cloned().collect::<Vec<_>>();
    (!values.is_empty()).then(|| values.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(schema: Value) -> Value {
        parameters(schema.as_object().unwrap())
    }

    #[test]
    fn what_gemini_does_not_know_is_left_out() {
        let schema = json!({
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": false,
            "properties": {
                "account": { "type": "string", "pattern": "^[a-z]+$", "minLength": 2, "description": "which" },
                "format": { "const": "csv" },
                "flag": { "enum": [true, null] },
                "rate": { "type": ["number", "null"], "exclusiveMinimum": 0, "default": 1 },
                "any": true,
            },
            "required": ["account"], "not": {},
        });
        let expected = json!({
            "type": "object", "additionalProperties": false,
            "properties": {
                "account": { "type": "string", "description": "which" },
                "format": { "enum": ["csv"] },
                "flag": {},
                "rate": { "type": ["number", "null"] },
                "any": {},
            },
            "required": ["account"],
        });
        assert_eq!(translated(schema), expected);
    }

    #[test]
    fn a_schema_may_refer_to_itself() {
        let tree = json!({
            "type": "object",
            "properties": { "root": { "$ref": "#/definitions/Node", "description": "the top" } },
            "definitions": { "Node": {
                "type": "object",
                "properties": { "children": { "type": "array", "items": { "$ref": "#/definitions/Node" } } },
            } },
        });
        let translated = translated(tree);
        assert_eq!(translated["properties"]["root"], json!({ "$ref": "#/$defs/Node" }));
        let children = &translated["$defs"]["Node"]["properties"]["children"];
        assert_eq!(children["items"], json!({ "$ref": "#/$defs/Node" }));
    }

    #[test]
    fn all_of_is_one_schema() {
        let schema = json!({
            "allOf": [
                { "$ref": "#/$defs/Named" },
                { "properties": { "age": { "type": "integer" } }, "required": ["age"] },
            ],
            "$defs": { "Named": { "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"] } },
        });
        let translated = translated(schema);
        assert_eq!(translated["properties"], json!({ "name": { "type": "string" }, "age": { "type": "integer" } }));
        assert_eq!(translated["required"], json!(["name", "age"]));
    }

    #[test]
    fn an_endless_all_of_ends() {
        let schema =
            json!({ "allOf": [{ "$ref": "#/$defs/A" }], "$defs": { "A": { "allOf": [{ "$ref": "#/$defs/A" }] } } });
        assert_eq!(translated(schema)["type"], "object");
        assert_eq!(translated(json!({ "properties": 7, "allOf": 7, "$defs": 7 })), json!({ "type": "object" }));
    }
}
