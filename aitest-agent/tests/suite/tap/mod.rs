//! Agents of the user's own behind a tap: what they get, and what their iteration records.

mod bodies;
mod faults;
mod limits;
mod passing;
mod server;
mod streams;
mod whole;

use std::path::Path;

use aitest_agent::{TapExt, Wire};
use aitest_runtime::Iteration;
use aitest_runtime::private::{Options, RuntimeFlavor, ShouldPanic, TestSpec, run_async};
use serde_json::Value;

use crate::record::{SCENARIO, events_of};

static SPEC: TestSpec = TestSpec {
    package: "aitest-agent",
    manifest_dir: env!("CARGO_MANIFEST_DIR"),
    bin: None,
    is_integration: true,
    module_path: module_path!(),
    name: "scenario",
    case: None,
    file: file!(),
    line: line!(),
    source: "",
    docs: "",
    should_panic: ShouldPanic::No,
    options: Options { timeout: Some("20s"), runtime: RuntimeFlavor::CurrentThread, ..Options::NONE },
};

/// One test with a record of its own, in a process of its own.
#[test]
fn scenario() {
    let Ok(scenario) = std::env::var(SCENARIO) else { return };
    aitest_agent::__private::install_crypto_provider();
    run_async(&SPEC, |it| {
        let scenario = scenario.clone();
        async move { bodies::run(&scenario, &it).await }
    });
}

/// What a scenario left.
struct Left {
    records: Vec<Value>,
    warnings: Vec<Value>,
    journal: String,
}

impl Left {
    fn of(scenario: &str) -> Self {
        Left::with(scenario, &[])
    }

    fn with(scenario: &str, variables: &[(&str, &str)]) -> Self {
        Left::at(tempfile::tempdir().unwrap().path(), scenario, variables)
    }

    fn at(folder: &Path, scenario: &str, variables: &[(&str, &str)]) -> Self {
        let events = events_of("tap::scenario", (scenario, folder), variables);
        let bodies = |name: &str| {
            events.iter().filter(|event| event["t"] == name).map(|event| event["body"].clone()).collect::<Vec<_>>()
        };
        let journal = events.iter().map(Value::to_string).collect();
        Left { records: bodies("iteration_finished"), warnings: bodies("warning"), journal }
    }

    /// The last record.
    fn record(&self) -> &Value {
        self.records.last().expect("a record")
    }

    /// The entries of the transcript: role and text.
    fn said(&self) -> Vec<(&str, &str)> {
        let turns = self.record()["turns"].as_array().into_iter().flatten();
        turns.map(|turn| (turn["role"].as_str().unwrap(), turn["text"].as_str().unwrap_or_default())).collect()
    }

    /// The message of the failure.
    fn failure(&self) -> &str {
        self.record()["failure"]["message"].as_str().unwrap_or_default()
    }

    fn outcome(&self) -> &str {
        self.record()["outcome"].as_str().unwrap()
    }

    fn warning(&self, code: &str) -> &str {
        let warning = self.warnings.iter().find(|warning| warning["code"] == code);
        warning.unwrap_or_else(|| panic!("no {code} in {:?}", self.warnings))["message"].as_str().unwrap()
    }
}

/// A tap that leads to `upstream`.
fn tap(it: &Iteration, wire: Wire, upstream: &str) -> String {
    it.tap(wire).unwrap().to(upstream).base_url()
}

/// Posts `body` as an agent of the user's own does, with a key.
async fn post(url: &str, body: &Value) -> (u16, String) {
    let call = reqwest::Client::new().post(url).bearer_auth("tap-suite-key-4711").json(body);
    let response = call.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap_or_else(|error| format!("broken: {error}")))
}
