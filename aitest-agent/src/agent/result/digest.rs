use std::fmt::Write as _;

use aitest_runtime::host;
use serde_json::Value;

use super::{AgentResult, ToolCall};

/// Calls of which a message shows the arguments.
const SHOWN_CALLS: usize = 12;
/// Characters of one text in a message.
const SHOWN_TEXT: usize = 400;

/// What was called, for a message: a line each, in order.
pub(super) fn calls(result: &AgentResult) -> String {
    let calls = result.all_tool_calls();
    let mut text = match calls.len() {
        0 => return format!("no tool was called; {}", answer(result)),
        1 => "called was 1 tool:".to_owned(),
        count => format!("called were {count} tools:"),
    };
    for (place, call) in calls.iter().take(SHOWN_CALLS).enumerate() {
        let _ = write!(text, "\n  {}. {}", place + 1, one_call(call));
    }
    if calls.len() > SHOWN_CALLS {
        let _ = write!(text, "\n  … and {} more", calls.len() - SHOWN_CALLS);
    }
    text
}

fn one_call(call: &ToolCall) -> String {
    let failed = call.error.as_ref().map(|error| format!(" → failed: {}", cut(error))).unwrap_or_default();
    format!("{}({}){failed}", call.name, cut(&call.arguments))
}

/// What the agent said in the end, or why it said nothing.
pub(super) fn answer(result: &AgentResult) -> String {
    match &result.error {
        Some(stop) => format!("there is no answer: {stop}"),
        None => format!("the answer was: {}", cut(&result.final_response)),
    }
}

/// Expected arguments and those of each call of the tool, the values of one argument side by side.
pub(super) fn arguments(calls: &[&ToolCall], expected: &Value) -> String {
    let mut text = String::new();
    for (place, call) in calls.iter().take(SHOWN_CALLS).enumerate() {
        if place > 0 {
            text.push('\n');
        }
        let _ = write!(text, "call {} of {} was made with:", place + 1, calls.len());
        match (call.value(), expected) {
            (Some(Value::Object(actual)), Value::Object(expected)) => {
                for row in rows(&actual, expected) {
                    let _ = write!(text, "\n  {row}");
                }
            }
            _ => {
                let _ = write!(text, "\n  {}", cut(&call.arguments));
            }
        }
    }
    text
}

type Object = serde_json::Map<String, Value>;

/// A row for each argument: its name, what was expected, what the model wrote, and a mark where they differ.
fn rows(actual: &Object, expected: &Object) -> Vec<String> {
    let names: Vec<&String> =
        expected.keys().chain(actual.keys().filter(|name| !expected.contains_key(*name))).collect();
    let shown =
        |value: Option<&Value>, absent: &str| value.map_or_else(|| absent.to_owned(), |value| cut(&value.to_string()));
    let cells: Vec<(String, String, String)> = names
        .iter()
        .map(|name| {
            let (wanted, written) = (expected.get(*name), actual.get(*name));
            ((*name).clone(), shown(wanted, "any"), shown(written, "absent"))
        })
        .collect();
    let width = |of: fn(&(String, String, String)) -> &str| cells.iter().map(|cell| of(cell).chars().count()).max();
    let (first, second) = (width(|cell| &cell.0).unwrap_or(0), width(|cell| &cell.1).unwrap_or(0));
    let row = |(name, wanted, written): &(String, String, String)| {
        let differs = expected.get(name).is_some_and(|wanted| !same(wanted, actual.get(name)));
        let mark = if differs { "   ← differs" } else { "" };
        format!("{name:first$}   expected {wanted:second$}   was {written}{mark}")
    };
    cells.iter().map(row).collect()
}

fn same(wanted: &Value, written: Option<&Value>) -> bool {
    written.is_some_and(|written| super::super::subset::contains(written, wanted))
}

/// The text in one line, its middle left out when it is long.
pub(super) fn cut(text: &str) -> String {
    // Secrets are replaced before the cut, which would leave a part of one.
    let text = host::redact(text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = line.chars().count();
    if count <= SHOWN_TEXT {
        return line;
    }
    let head: String = line.chars().take(SHOWN_TEXT * 3 / 4).collect();
    let tail: String = line.chars().skip(count - SHOWN_TEXT / 4).collect();
    format!("{head} … {tail}")
}
