//! Writes each span and event of a run to the file `SPANS`, a line each: what an exporter would send.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::fs::File;
use std::io::Write;
use std::sync::{LazyLock, Mutex};

use aitest::testing::{Reply, ScriptedModel, json};
use aitest::{Agent, McpServer, Provider, aitest};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::Layer;

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Fields {
    fn line(&self, kind: &str, name: &str, parent: &str) -> String {
        let mut line = format!("{kind}\t{name}\t{parent}");
        for (name, value) in &self.0 {
            let _ = write!(line, "\t{name}={value}");
        }
        line
    }
}

struct Spans(Mutex<File>);

impl Spans {
    fn write(&self, line: &str) {
        writeln!(self.0.lock().unwrap(), "{line}").unwrap();
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        context.span(id).unwrap().extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        values.record(span.extensions_mut().get_mut::<Fields>().unwrap());
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).unwrap();
        if span.metadata().target() == "aitest" {
            let parent = span.parent().map_or("-", |parent| parent.name());
            self.write(&span.extensions().get::<Fields>().unwrap().line("span", span.name(), parent));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() == "aitest" {
            let mut fields = Fields::default();
            event.record(&mut fields);
            let parent = context.event_span(event).map_or("-", |span| span.name());
            self.write(&fields.line("event", "event", parent));
        }
    }
}

static EXPORT: LazyLock<()> = LazyLock::new(|| {
    let file = File::create(std::env::var("SPANS").unwrap()).unwrap();
    tracing_subscriber::registry().with(Spans(Mutex::new(file))).init();
});

/// Answers `initialize` and `tools/list`; each call fails.
const SERVER: &str = r#"
reply() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$1" "$2"; }
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case $line in
    *'"initialize"'*) reply "$id" '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}' ;;
    *'"tools/list"'*) reply "$id" '{"tools":[{"name":"look_up","inputSchema":{"type":"object"}}]}' ;;
    *'"tools/call"'*) reply "$id" '{"content":[{"type":"text","text":"top secret result"}],"isError":true}' ;;
  esac
done
"#;

static MODEL: LazyLock<ScriptedModel> = LazyLock::new(|| {
    ScriptedModel::named("teller")
        .on("sign in", [Reply::status(401)])
        .otherwise([
            Reply::times(1, Reply::status(503).retry_after(0))
                .then(Reply::tool_call("look_up", json!({"account": "top secret argument"}))),
            Reply::text("top secret answer"),
        ])
});

#[aitest(iterations = 2)]
async fn looks_up() -> aitest::Result {
    LazyLock::force(&EXPORT);
    let bank = McpServer::stdio("sh").named("bank").args(["-c", SERVER]);
    let provider = Provider::scripted(MODEL.clone()).temperature(0.5).max_tokens(100).seed(7);
    let agent = Agent::new(provider).named("banker").system_prompt("top secret system").mcp_server(bank).retries(3);
    let result = agent.run("top secret prompt").await?;
    assert_eq!(result.tool_call_count("look_up"), 1);
    Ok(())
}

#[aitest]
async fn is_refused() {
    LazyLock::force(&EXPORT);
    let refused = Agent::new(Provider::compatible(MODEL.base_url(), "gpt-5")).run("sign in").await;
    assert!(refused.is_err());
}
