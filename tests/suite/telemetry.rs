//! Spans of agent runs have the names of OpenTelemetry's conventions, and nothing of what was said.

use std::collections::BTreeMap;

use crate::cargo::Cargo;
use crate::cassettes::project;

/// A span or an event as the project writes it: `KIND\tNAME\tPARENT\tFIELD=VALUE…`
struct Line {
    kind: String,
    name: String,
    parent: String,
    fields: BTreeMap<String, String>,
}

fn lines(text: &str) -> Vec<Line> {
    let line = |line: &str| {
        let mut parts = line.split('\t').map(str::to_owned);
        let [kind, name, parent] = std::array::from_fn(|_| parts.next().unwrap());
        let field =
            |part: String| part.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
        Line { kind, name, parent, fields: parts.map(field).collect() }
    };
    text.lines().map(line).collect()
}

/// The facts of the conventions, a line each.
fn conventions() -> Vec<Vec<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/formats/genai-spans-1.41.1.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let facts = text.lines().filter(|line| !line.starts_with('#'));
    facts.map(|line| line.splitn(3, ' ').map(str::to_owned).collect()).collect()
}

/// The level of each attribute of `span`.
fn levels(span: &str) -> BTreeMap<String, String> {
    let facts = conventions().into_iter().filter(|fact| fact[0] == span && (fact[1].contains('.')));
    facts.map(|fact| (fact[1].clone(), fact[2].clone())).collect()
}

fn run() -> (String, Vec<Line>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spans");
    let run = Cargo::test(project(), &["--test", "spans"]).env("SPANS", &path.display().to_string()).finish();
    assert!(run.stdout.contains("test looks_up ... ok"), "{run}");
    let text = std::fs::read_to_string(path).unwrap();
    let lines = lines(&text);
    (text, lines)
}

#[test]
fn spans_are_named_by_the_conventions_and_hold_no_content() {
    let (text, lines) = run();
    assert!(!text.contains("top secret"), "{text}");
    let count =
        |name: &str, parent: &str| lines.iter().filter(|line| line.name == name && line.parent == parent).count();
    assert_eq!((count("invoke_agent", "-"), count("chat", "invoke_agent")), (3, 5), "{text}");
    assert_eq!((count("execute_tool", "invoke_agent"), count("event", "chat")), (2, 2), "{text}");
    for span in lines.iter().filter(|line| line.kind == "span") {
        let levels = levels(&span.name);
        assert!(levels.len() > 5, "the conventions have no span `{}`", span.name);
        for field in span.fields.keys().filter(|field| !field.starts_with("otel.") && !field.starts_with("aitest.")) {
            let level = levels.get(field).unwrap_or_else(|| panic!("`{field}` is no attribute of `{}`", span.name));
            assert_ne!(level, "opt_in", "`{field}` is content");
        }
        for (required, _) in levels.iter().filter(|(_, level)| *level == "required") {
            assert!(span.fields.contains_key(required), "`{required}` is missing in {}", span.name);
        }
        let facts = conventions();
        let fact = facts.iter().find(|fact| fact[0] == span.name && !fact[1].contains('.')).unwrap();
        assert_eq!(span.fields["otel.kind"], fact[1].to_lowercase());
        let filled = span
            .fields
            .iter()
            .fold(fact[2].clone(), |name, (field, value)| name.replace(&format!("{{{field}}}"), value));
        assert_eq!(span.fields["otel.name"], filled);
        let operation = ["value", "gen_ai.operation.name", &span.fields["gen_ai.operation.name"]];
        assert!(facts.iter().any(|fact| fact == &operation), "{operation:?}");
    }
}

#[test]
fn spans_hold_what_is_known() {
    let (text, lines) = run();
    let find = |name: &str, holds: &str| {
        let found = lines.iter().find(|line| {
            line.name == name && line.fields.iter().any(|(name, value)| format!("{name}={value}") == holds)
        });
        &found.unwrap_or_else(|| panic!("no {name} with {holds} in\n{text}")).fields
    };
    let chat = find("chat", "gen_ai.response.finish_reasons=[\"tool_calls\"]");
    for (field, value) in [
        ("gen_ai.request.model", "teller"),
        ("gen_ai.response.model", "teller"),
        ("gen_ai.request.temperature", "0.5"),
        ("gen_ai.request.max_tokens", "100"),
        ("gen_ai.request.seed", "7"),
        ("server.address", "127.0.0.1"),
    ] {
        assert_eq!(chat[field], value, "{field}");
    }
    let tokens = |fields: &BTreeMap<String, String>| fields["gen_ai.usage.input_tokens"].parse::<u64>().unwrap();
    let agent = find("invoke_agent", "gen_ai.agent.name=banker");
    assert!(tokens(agent) > tokens(chat) && tokens(chat) > 0, "the sum of both turns");
    assert_eq!((agent["aitest.test"].as_str(), agent["aitest.attempt"].as_str()), ("looks_up", "1"));
    find("invoke_agent", "aitest.iteration=2");
    let tool = find("execute_tool", "gen_ai.tool.name=look_up");
    assert_eq!((tool["error.type"].as_str(), tool["otel.status_code"].as_str()), ("tool_error", "ERROR"));
    assert!(tool["gen_ai.tool.call.id"].starts_with("call_"));
    find("event", "error.type=503");
    find("chat", "error.type=401");
    assert!(!find("invoke_agent", "error.type=401").contains_key("gen_ai.usage.input_tokens"), "unknown is absent");
}
