//! Journals of large runs, made of the record's own types.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use aitest_runtime::record::{
    ErrorBudget, IterationKey, IterationRecord, Outcome, Percent, Policy, Role, Spend, TestId, TestIdentity,
    TokenUsage, ToolCall, Turn,
};
use serde_json::{Value, json};

/// Writes the journal of a process that ran `tests` of `iterations` each, one in ten of which failed.
pub(crate) fn write(run: &Path, tests: u64, iterations: u32) -> io::Result<()> {
    std::fs::create_dir_all(run)?;
    let mut out = BufWriter::new(File::create(run.join("bench-1-1.jsonl"))?);
    line(&mut out, "process_started", process())?;
    for test in 0..tests {
        line(&mut out, "test_started", test_started(test, iterations))?;
        for iteration in 1..=iterations {
            line(&mut out, "iteration_finished", serde_json::to_value(record(test, iteration))?)?;
        }
        let verdict = json!({"verdict": "failed", "reason": "threshold_missed", "message": "9/10 iterations passed (90 %), needs 100 %"});
        let id = TestId(test).to_string();
        line(&mut out, "test_finished", json!({"id": id, "rerun": 1, "duration_us": 1000, "verdict": verdict}))?;
    }
    line(&mut out, "process_finished", json!({"at_ms": 2000}))?;
    out.flush()
}

fn line(out: &mut impl Write, event: &str, body: Value) -> io::Result<()> {
    writeln!(out, "{}", json!({"v": 1, "t": event, "ms": 1, "body": body}))
}

fn process() -> Value {
    json!({
        "process": "bench-1-1", "run": "large", "started_at_ms": 1000, "package": "bench", "target": "large",
        "runner": "direct", "command": "large", "rerun": 1, "seed": 1, "host": "linux", "aitest": "0.1.0", "prices": ""
    })
}

fn test_started(test: u64, iterations: u32) -> Value {
    let identity = TestIdentity {
        package: "bench".into(),
        target: "large".into(),
        path: format!("tests::number_{test}"),
        case: None,
        named_when_run: false,
    };
    let policy = Policy {
        min_pass_rate: Percent::ALL,
        own_threshold: false,
        max_errored: ErrorBudget::Count(0),
        ..Policy::default()
    };
    json!({
        "id": TestId(test).to_string(), "identity": identity, "rerun": 1, "file": "tests/large.rs", "line": test,
        "planned": iterations, "policy": policy
    })
}

fn record(test: u64, iteration: u32) -> IterationRecord {
    let call = ToolCall {
        id: "call_1".into(),
        server: Some("banking".into()),
        tool: "get_balance".into(),
        arguments: r#"{"account":"checking"}"#.into(),
        result: Some(r#"{"account":"checking","balance":"$1,500.00","currency":"USD"}"#.into()),
        ..ToolCall::default()
    };
    let usage = TokenUsage::new(450, 38);
    IterationRecord {
        key: IterationKey { test: TestId(test), rerun: 1, iteration, attempt: 1 },
        seed: test,
        kept_from: None,
        outcome: if iteration == 3 { Outcome::Failed } else { Outcome::Passed },
        started_at_ms: 1000,
        duration_us: 4_400_000,
        waited_us: 0,
        failure: None,
        skipped_by: None,
        agent: Spend { usage, cost: None, unpriced: 2 },
        judge: Spend::default(),
        agents: vec!["openai/gpt-5-mini".into()],
        follows_model: false,
        setups: vec!["9c41d07e5b2a61f8".into()],
        steps: Vec::new(),
        turns: vec![
            Turn::text(Role::System, "You are a bank teller. Use the tools, never guess."),
            Turn::text(Role::User, "What is my checking balance?"),
            Turn { calls: vec![call], usage: Some(usage), ms: 900, ..Turn::text(Role::Assistant, "") },
            Turn { usage: Some(usage), ms: 700, ..Turn::text(Role::Assistant, "Your checking balance is $1,500.00.") },
        ],
        final_response: Some("Your checking balance is $1,500.00.".into()),
        retries: Vec::new(),
        notes: Vec::new(),
        attachments: Vec::new(),
        assertions: Vec::new(),
    }
}
