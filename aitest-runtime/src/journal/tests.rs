use std::io::Write;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::event::Event;
use super::reader::parse;
use super::{
    AGENT, CASSETTES, ITERATION_FINISHED, ITERATION_STARTED, IterationStarted, Journal, LIMITS, Limits, TEST_FINISHED,
    TEST_STARTED, TestFinished, TestStarted, read_process, read_run,
};
use crate::record::{
    AgentIdentity, AgentSetup, BudgetUse, CassetteMode, CassetteUse, Cost, ErrorBudget, Failure, FailureKind, HeldBack,
    IterationKey, IterationRecord, Outcome, Percent, Policy, Reason, Role, Rules, RunId, RunRecord, Spend, TestId,
    TestIdentity, TokenUsage, ToolCall, Turn, Verdict, VerdictKind,
};

fn key(iteration: u32, attempt: u32) -> IterationKey {
    IterationKey { test: TestId(7), rerun: 1, iteration, attempt }
}

fn record(iteration: u32, attempt: u32, outcome: Outcome) -> IterationRecord {
    IterationRecord {
        key: key(iteration, attempt),
        seed: u64::MAX,
        kept_from: None,
        outcome,
        started_at_ms: 1,
        duration_us: 2,
        waited_us: 0,
        failure: None,
        skipped_by: None,
        agent: Spend::default(),
        judge: Spend::default(),
        agents: Vec::new(),
        follows_model: false,
        setups: Vec::new(),
        steps: Vec::new(),
        turns: Vec::new(),
        final_response: None,
        retries: Vec::new(),
        notes: Vec::new(),
        attachments: Vec::new(),
        assertions: Vec::new(),
    }
}

fn test_started() -> TestStarted {
    TestStarted {
        id: TestId(7),
        identity: TestIdentity {
            package: "p".into(),
            target: "t".into(),
            path: "x".into(),
            case: None,
            named_when_run: false,
        },
        rerun: 1,
        file: "tests/x.rs".into(),
        line: 3,
        source: None,
        fingerprint: None,
        title: None,
        planned: 3,
        policy: Policy {
            min_pass_rate: Percent::ALL,
            own_threshold: false,
            max_errored: ErrorBudget::Count(0),
            ..Policy::default()
        },
        rules: Rules::default(),
        settings: Vec::new(),
    }
}

/// A journal of one test with the records given.
fn journal(records: &mut [IterationRecord]) -> (TempDir, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::create(folder.path(), "p-1").unwrap();
    journal.append(TEST_STARTED, &test_started()).unwrap();
    for record in records {
        let started = IterationStarted { key: record.key, seed: 1, at_ms: 5 };
        journal.append(ITERATION_STARTED, &started).unwrap();
        journal.append_record(record).unwrap();
    }
    (folder, journal)
}

fn read(path: &Path) -> RunRecord {
    read_process(path, &RunId("r".into())).unwrap()
}

fn append(path: &Path, bytes: &[u8]) {
    std::fs::OpenOptions::new().append(true).open(path).unwrap().write_all(bytes).unwrap();
}

#[test]
fn what_was_written_is_read() {
    let (_folder, journal) = journal(&mut [record(1, 1, Outcome::Passed), record(2, 1, Outcome::Failed)]);
    let finished = TestFinished {
        id: TestId(7),
        rerun: 1,
        duration_us: 9,
        verdict: Verdict { verdict: VerdictKind::Failed, reason: Reason::ThresholdMissed, message: "1/2".into() },
        stopped: None,
    };
    journal.append(TEST_FINISHED, &finished).unwrap();
    let run = read(journal.path());
    let outcomes: Vec<Outcome> = run.tests[0].iterations.values().map(|record| record.outcome).collect();
    assert_eq!(outcomes, [Outcome::Passed, Outcome::Failed]);
    assert_eq!(run.tests[0].verdict.as_ref().unwrap().message, "1/2");
    assert_eq!(run.torn_lines, 0);
}

#[test]
fn the_last_attempt_counts_and_earlier_ones_are_kept() {
    let (_folder, journal) = journal(&mut [record(1, 1, Outcome::Errored), record(1, 2, Outcome::Passed)]);
    let test = &read(journal.path()).tests[0];
    assert_eq!(test.iterations[&1].outcome, Outcome::Passed);
    assert_eq!(test.earlier.len(), 1);
    assert_eq!(test.earlier[0].outcome, Outcome::Errored);
}

#[test]
fn an_iteration_without_an_end_was_interrupted() {
    let (_folder, journal) = journal(&mut [record(1, 1, Outcome::Passed)]);
    journal.append(ITERATION_STARTED, &IterationStarted { key: key(2, 1), seed: 4, at_ms: 5 }).unwrap();
    let test = &read(journal.path()).tests[0];
    assert_eq!(test.iterations[&2].outcome, Outcome::Interrupted);
    assert_eq!(test.iterations[&2].seed, 4);
}

#[test]
fn a_torn_last_line_is_dropped_and_counted() {
    let (_folder, journal) = journal(&mut [record(1, 1, Outcome::Passed)]);
    append(journal.path(), br#"{"v":1,"t":"iteration_finished","ms":3,"body":{"key":{"te"#);
    let run = read(journal.path());
    assert_eq!((run.torn_lines, run.tests[0].iterations.len()), (1, 1));
}

#[test]
fn a_newer_minor_version_stays_readable() {
    let (_folder, journal) = journal(&mut [record(1, 1, Outcome::Passed)]);
    append(journal.path(), b"{\"v\":1,\"t\":\"from_the_future\",\"ms\":3,\"body\":{\"a\":[1]}}\n");
    append(
        journal.path(),
        br#"{"v":1,"t":"iteration_finished","ms":3,"new":1,"body":{"key":{"test":"0000000000000007","rerun":1,"iteration":2,"attempt":1,"new":2},"seed":1,"outcome":"passed","started_at_ms":1,"duration_us":1,"new":{"x":1}}}"#,
    );
    append(journal.path(), b"\n");
    let run = read(journal.path());
    assert_eq!((run.torn_lines, run.tests[0].iterations.len()), (0, 2));
}

#[test]
fn lines_that_cannot_be_read_are_counted() {
    let (_folder, journal) = journal(&mut [record(1, 1, Outcome::Passed)]);
    append(journal.path(), b"\xff\xfe\n{}\nnull\n{\"v\":2,\"t\":\"warning\",\"ms\":1,\"body\":{}}\n");
    assert_eq!(read(journal.path()).torn_lines, 4);
}

#[test]
fn a_journal_cut_anywhere_gives_every_whole_line() {
    let (folder, journal) = journal(&mut [record(1, 1, Outcome::Passed), record(2, 1, Outcome::Failed)]);
    let bytes = std::fs::read(journal.path()).unwrap();
    let cut = folder.path().join("cut");
    for end in 0..=bytes.len() {
        std::fs::write(&cut, &bytes[..end]).unwrap();
        let whole = bytes[..end].iter().filter(|byte| **byte == b'\n').count();
        let run = read(&cut);
        let torn = u64::from(end > 0 && bytes[end - 1] != b'\n');
        assert_eq!(run.torn_lines, torn, "cut at {end}");
        let finished = run
            .tests
            .first()
            .map_or(0, |test| test.iterations.values().filter(|record| record.outcome != Outcome::Interrupted).count());
        assert_eq!(finished, [0, 0, 0, 1, 1, 2][whole], "cut at {end}");
    }
}

#[test]
fn a_long_tool_result_goes_to_a_blob() {
    let call = ToolCall { tool: "dump".into(), result: Some("x".repeat(10_000_000)), ..ToolCall::default() };
    let turn = Turn { calls: vec![call], ..Turn::text(Role::Assistant, "") };
    let mut long = IterationRecord { turns: vec![turn], ..record(1, 1, Outcome::Passed) };
    let (folder, journal) = journal(std::slice::from_mut(&mut long));
    let run = read(journal.path());
    let omitted = run.tests[0].iterations[&1].turns[0].calls[0].omitted.clone().unwrap();
    assert_eq!(std::fs::metadata(folder.path().join("blobs").join(omitted.sha256)).unwrap().len(), 10_000_000);
    assert!(std::fs::metadata(journal.path()).unwrap().len() < 100_000);
}

fn records() -> impl Strategy<Value = IterationRecord> {
    let outcomes =
        prop_oneof![Just(Outcome::Passed), Just(Outcome::Failed), Just(Outcome::TimedOut), Just(Outcome::Errored)];
    let usage = (any::<Option<u64>>(), any::<Option<u64>>());
    (any::<(u32, u64, u64)>(), outcomes, ".*", usage, any::<Option<u64>>(), ".*").prop_map(
        |((iteration, seed, duration_us), outcome, text, (input_tokens, output_tokens), pico, arguments)| {
            let usage = TokenUsage { input_tokens, output_tokens, ..TokenUsage::default() };
            let call = ToolCall { tool: text.clone(), arguments, ..ToolCall::default() };
            IterationRecord {
                key: key(iteration, 1),
                seed,
                duration_us,
                failure: Some(Failure {
                    kind: FailureKind::Judge,
                    message: text.clone(),
                    location: None,
                    backtrace: None,
                }),
                agent: Spend { usage, cost: pico.map(Cost::from_pico_usd), unpriced: 0 },
                turns: vec![Turn { calls: vec![call], usage: Some(usage), ..Turn::text(Role::Assistant, text) }],
                ..record(iteration, 1, outcome)
            }
        },
    )
}

proptest! {
    #[test]
    fn any_record_survives_the_journal(mut written in records()) {
        let (_folder, journal) = journal(std::slice::from_mut(&mut written));
        let run = read(journal.path());
        prop_assert_eq!(&*run.tests[0].iterations[&written.key.iteration], &written);
    }

    #[test]
    fn no_line_makes_the_reader_panic(line in ".*") {
        let _ = parse(&line);
        let wrapped = format!("{{\"v\":1,\"t\":\"{ITERATION_FINISHED}\",\"ms\":1,\"body\":{line}}}");
        prop_assert!(!matches!(parse(&wrapped), Some(Event::Unknown)));
    }
}

#[test]
fn cassettes_of_all_processes_are_one() {
    let (folder, journal) = journal(&mut []);
    let used = CassetteUse { mode: CassetteMode::Replay, replayed: 3, unused: 1, ..CassetteUse::default() };
    journal.append(CASSETTES, &used).unwrap();
    Journal::create(folder.path(), "p-2").unwrap().append(CASSETTES, &used).unwrap();
    let run = read_run(folder.path(), &RunId("r".into())).unwrap();
    assert_eq!(run.cassettes, Some(CassetteUse { replayed: 6, unused: 2, ..used }));
}

#[test]
fn limits_of_all_processes_are_one() {
    let (folder, journal) = journal(&mut []);
    let limits = |lowest_in_flight, spent| Limits {
        held_back: vec![HeldBack {
            name: "openai/m".into(),
            in_flight: 16,
            lowest_in_flight,
            rate_limited: 2,
            waited_ms: 7,
        }],
        budget: Some(BudgetUse { max: Cost::from_pico_usd(10), spent: Cost::from_pico_usd(spent) }),
    };
    journal.append(LIMITS, &limits(4, 9)).unwrap();
    Journal::create(folder.path(), "p-2").unwrap().append(LIMITS, &limits(8, 3)).unwrap();
    let run = read_run(folder.path(), &RunId("r".into())).unwrap();
    assert_eq!(run.held_back.len(), 1);
    let held = &run.held_back[0];
    assert_eq!((held.in_flight, held.lowest_in_flight, held.rate_limited, held.waited_ms), (16, 4, 4, 14));
    assert_eq!(run.budget.unwrap().spent, Cost::from_pico_usd(9), "the ledger's last state");
}

#[test]
fn setups_and_their_texts_are_read_back_and_rename_the_records() {
    let (folder, journal) = journal(&mut []);
    let setup = |id: &str, prompt: &str| AgentSetup {
        id: id.to_owned(),
        agent: "teller".to_owned(),
        identity: AgentIdentity { name: Some("teller".to_owned()), model: "m".to_owned(), ..AgentIdentity::default() },
        system_prompt: Some(prompt.to_owned()),
        ..AgentSetup::default()
    };
    let long = "x".repeat(2 * 1024 * 1024);
    journal.append_text("aa", "Be brief.").unwrap();
    journal.append_text("bb", &long).unwrap();
    journal.append(AGENT, &setup("1", "aa")).unwrap();
    journal.append(AGENT, &setup("2", "bb")).unwrap();
    for (iteration, setup) in [(1, "1"), (2, "2")] {
        let mut record = record(iteration, 1, Outcome::Passed);
        (record.agents, record.setups) = (vec!["teller".to_owned(), "own".to_owned()], vec![setup.to_owned()]);
        journal.append_record(&mut record).unwrap();
    }
    let run = read(journal.path());
    assert_eq!(run.texts["aa"], "Be brief.");
    assert!(run.texts["bb"].len() < 100_000 && run.texts["bb"].contains("kB omitted"), "the rest is a file");
    assert_eq!(std::fs::read_dir(folder.path().join("blobs")).unwrap().count(), 1);
    let agents = run.tests[0].counted().map(|record| record.agents.clone()).collect::<Vec<_>>();
    assert_eq!(agents, [["teller", "own"], ["teller (2)", "own"]]);
    assert_eq!(run.warnings[0].code, "one_name_for_two_agents");
}
