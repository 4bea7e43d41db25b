use serde_json::Value;

/// `text` with its quotes of tool results filled in. `results` are those of the conversation, in order.
pub(super) fn fill(text: &str, results: &[&str]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{result") {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        match Quote::parse(rest) {
            Some((quote, length)) => {
                filled.push_str(&quote.text(results));
                rest = &rest[length..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled + rest
}

/// `value` with the quotes in its strings filled in. A string that is one quote becomes the value quoted.
pub(super) fn fill_json(value: &Value, results: &[&str]) -> Value {
    match value {
        Value::String(text) => match Quote::parse(text) {
            Some((quote, length)) if length == text.len() => quote.value(results).unwrap_or_else(Value::String),
            _ => Value::String(fill(text, results)),
        },
        Value::Array(items) => items.iter().map(|item| fill_json(item, results)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), fill_json(field, results))).collect(),
        other => other.clone(),
    }
}

/// `{result}`, `{result2}`, `{result:/balance}`, `{result2:/balance}`.
struct Quote<'a> {
    /// Which result, from 1; `None` is the last.
    number: Option<usize>,
    pointer: Option<&'a str>,
}

impl<'a> Quote<'a> {
    /// The quote at the start of `text` and its length.
    fn parse(text: &'a str) -> Option<(Self, usize)> {
        let inner = text.strip_prefix("{result")?;
        let end = inner.find('}')?;
        let (number, pointer) = match inner[..end].split_once(':') {
            Some((number, pointer)) if pointer.starts_with('/') => (number, Some(pointer)),
            Some(_) => return None,
            None => (&inner[..end], None),
        };
        let number = if number.is_empty() { None } else { Some(number.parse().ok()?) };
        Some((Quote { number, pointer }, "{result".len() + end + 1))
    }

    /// The quoted value as text: a string without its quotes, anything else as JSON.
    fn text(&self, results: &[&str]) -> String {
        match self.value(results) {
            Ok(Value::String(text)) | Err(text) => text,
            Ok(value) => value.to_string(),
        }
    }

    /// The quoted value, or the text that says what is missing.
    fn value(&self, results: &[&str]) -> Result<Value, String> {
        let (which, result) = match self.number {
            Some(number) => (format!("tool result {number}"), number.checked_sub(1).and_then(|at| results.get(at))),
            None => ("the last tool result".to_owned(), results.last()),
        };
        let result = result.ok_or_else(|| format!("[no {}]", which.trim_start_matches("the ")))?;
        let Some(pointer) = self.pointer else { return Ok(Value::String((*result).to_owned())) };
        serde_json::from_str::<Value>(result)
            .ok()
            .and_then(|value| value.pointer(pointer).cloned())
            .ok_or_else(|| format!("[no {pointer} in {which}]"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quotes_are_filled_in() {
        let results = [r#"{"a": 1}"#, r#"{"balance": "1,500.00", "list": [{"n": 7}]}"#];
        for (text, filled) in [
            ("plain {x} {} {result", "plain {x} {} {result"),
            ("You have {result:/balance}!", "You have 1,500.00!"),
            ("{result1:/a} and {result:/list/0/n}", "1 and 7"),
            ("{result1}", r#"{"a": 1}"#),
            ("{result:/nothing}", "[no /nothing in the last tool result]"),
            ("{result3}", "[no tool result 3]"),
            ("{result0:/a}", "[no tool result 0]"),
            ("{results} {result:a}", "{results} {result:a}"),
            ("{result{result1:/a}}", "{result1}"),
        ] {
            assert_eq!(fill(text, &results), filled, "{text}");
        }
        assert_eq!(fill("{result}", &[]), "[no last tool result]");
        assert_eq!(fill("{result:/a}", &["not JSON"]), "[no /a in the last tool result]");
    }

    #[test]
    fn an_argument_that_is_one_quote_keeps_its_type() {
        let results = [r#"{"amount": 12.5}"#];
        let arguments = json!({"amount": "{result:/amount}", "note": ["all of {result:/amount}"], "n": 3});
        let filled = json!({"amount": 12.5, "note": ["all of 12.5"], "n": 3});
        assert_eq!(fill_json(&arguments, &results), filled);
    }
}
