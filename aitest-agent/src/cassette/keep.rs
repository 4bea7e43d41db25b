use aitest_runtime::host;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::json::compact;

/// What was sent or answered, without its secrets: JSON where it is JSON, else text by its lines, else bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) json: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) base64: Option<String>,
}

impl Kept {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Kept { base64: Some(BASE64_STANDARD.encode(bytes)), ..Kept::default() };
        };
        match compact(text) {
            Some(json) => Kept { json: clean_json(&json), ..Kept::default() },
            None => Kept::lines(text),
        }
    }

    /// Text by its lines.
    pub(super) fn lines(text: &str) -> Self {
        let lines = host::redact(text).split('\n').map(str::to_owned).collect();
        Kept { text: Some(lines), ..Kept::default() }
    }

    /// What `of` was given: but for secrets, and white space between the tokens of JSON.
    ///
    /// # Errors
    /// Why it is nothing.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, String> {
        match (&self.json, &self.text, &self.base64) {
            (Some(json), None, None) => Ok(compact(json.get()).unwrap_or_default().into_bytes()),
            (None, Some(lines), None) => Ok(lines.join("\n").into_bytes()),
            (None, None, Some(base64)) => {
                BASE64_STANDARD.decode(base64).map_err(|error| format!("`base64` cannot be decoded: {error}"))
            }
            _ => Err("a body has exactly one of `json`, `text` and `base64`".to_owned()),
        }
    }
}

/// `bytes` as a replay gives them: JSON without white space between its tokens.
pub(super) fn as_replayed(bytes: Vec<u8>) -> Vec<u8> {
    let compacted = std::str::from_utf8(&bytes).ok().and_then(compact);
    compacted.map_or(bytes, String::into_bytes)
}

/// `json` without secrets. A secret that holds a quote could take the end of its string along: then strings are
/// cleaned one by one.
fn clean_json(json: &str) -> Option<Box<RawValue>> {
    let clean = host::redact(json);
    RawValue::from_string(clean).ok().or_else(|| {
        let mut value: Value = serde_json::from_str(json).ok()?;
        clean_strings(&mut value);
        to_raw_value(&value).ok()
    })
}

fn clean_strings(value: &mut Value) {
    match value {
        Value::String(text) => *text = host::redact(text),
        Value::Array(items) => items.iter_mut().for_each(clean_strings),
        Value::Object(fields) => fields.values_mut().for_each(clean_strings),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(bytes: &[u8]) -> (String, Vec<u8>) {
        let kept = Kept::of(bytes);
        (serde_json::to_string(&kept).unwrap(), kept.bytes().unwrap())
    }

    #[test]
    fn every_kind_of_body_comes_back() {
        let (file, bytes) = kept(b" {\"z\": 1.10, \"a\": \"\\u00e9\"}\n");
        assert_eq!(file, r#"{"json":{"z":1.10,"a":"\u00e9"}}"#);
        assert_eq!(bytes, br#"{"z":1.10,"a":"\u00e9"}"#);
        let stream = b"data: {\"a\":1}\n\ndata: [DONE]\n\n";
        let (file, bytes) = kept(stream);
        assert!(file.starts_with(r#"{"text":["data: {\"a\":1}","","data: [DONE]""#), "{file}");
        assert_eq!(bytes, stream);
        let (file, bytes) = kept(&[0xff, 0]);
        assert_eq!((file.as_str(), bytes), (r#"{"base64":"/wA="}"#, vec![0xff, 0]));
        assert_eq!(kept(b""), (r#"{"text":[""]}"#.to_owned(), Vec::new()));
    }

    #[test]
    fn secrets_are_not_kept() {
        host::secret("CASSETTE_KEY", "quoted\"secret-value");
        let (file, _) = kept(br#"{"a":"sk-proj-abcDEF0123456789_-abcd","b":"quoted\"secret-value","c":"Authorization: Bearer abcdef123456"}"#);
        assert!(file.contains("[redacted:API_KEY]") && file.contains("[redacted:CASSETTE_KEY]"), "{file}");
        assert!(!file.contains("secret-value") && !file.contains("abcdef123456"), "{file}");
    }

    #[test]
    fn a_body_is_one_thing() {
        for text in ["{}", r#"{"json":1,"text":["a"]}"#, r#"{"base64":"%"}"#] {
            assert!(serde_json::from_str::<Kept>(text).unwrap().bytes().is_err(), "{text}");
        }
    }
}
