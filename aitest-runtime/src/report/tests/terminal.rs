use insta::assert_snapshot;

use super::fixture::{process, rich, run, test};
use crate::record::{BudgetUse, CassetteMode, CassetteUse, Cost, FailureKind, HeldBack, RunRecord};
use crate::report::text::columns;
use crate::report::{Output, Results, TerminalOptions, terminal_block};

fn options() -> TerminalOptions {
    TerminalOptions {
        unicode: true,
        report: Some("target/aitest/report.html".to_owned()),
        json: Some("target/aitest/results.json".to_owned()),
        fail_fast: true,
        ..TerminalOptions::default()
    }
}

fn block(run: &RunRecord) -> String {
    block_with(run, &options())
}

fn block_with(run: &RunRecord, options: &TerminalOptions) -> String {
    let block = terminal_block(&Results::from_run(run), options);
    let is_wide = |line: &&str| columns(line) > 100 && !line.starts_with("rerun:");
    assert_eq!(block.lines().find(is_wide), None);
    block
}

#[test]
fn no_test() {
    assert_eq!(block(&run(Vec::new())), "");
}

#[test]
fn one_iteration() {
    assert_snapshot!(block(&run(vec![test("balance", "p").build()])));
}

#[test]
fn errors_of_the_body_have_words_of_their_own() {
    let mut test = test("balance", "fe").build();
    for (number, kind) in [(1, FailureKind::Error), (2, FailureKind::Infrastructure)] {
        let failure = test.iterations.get_mut(&number).unwrap().failure.as_mut().unwrap();
        (failure.kind, failure.message) = (kind, format!("message {number}"));
    }
    let block = block(&run(vec![test]));
    assert!(block.contains("1x error: message 1") && block.contains("1x infrastructure: message 2"), "{block}");
}

#[test]
fn all_pass() {
    assert_snapshot!(block(&run(vec![
        test("balance", "pppppppppppppppppppp").build(),
        test("deposit", "pppppppppppppppppppp").build(),
        test("parses_amounts", "pppppppppppppppppppp").no_agent().build(),
    ])));
}

#[test]
fn many_pass() {
    let tests = (0..12).map(|n| test(&format!("test_{n}"), "ppp").build()).collect();
    assert_snapshot!(block(&run(tests)));
}

#[test]
fn flaky_and_met() {
    assert_snapshot!(block(&run(vec![
        test("balance", "ppppp").build(),
        test("deposit", "ppppp").build(),
        test("transfer", "ppfpt").min_pass_rate("60").build(),
    ])));
}

#[test]
fn all_failed() {
    assert_snapshot!(block(&run(vec![test("balance", "ffffffff").build(), test("deposit", "ffffffff").build()])));
}

#[test]
fn all_errored() {
    assert_snapshot!(block(&run(vec![test("balance", "eeeee").no_agent().build()])));
}

#[test]
fn partial_run() {
    let mut run = run(vec![test("balance", "ppp").build(), test("transfer", "pppi.").unfinished().build()]);
    run.processes[0].finished_at_ms = None;
    assert_snapshot!(block(&run));
}

#[test]
fn everything() {
    assert_snapshot!(block(&rich()));
}

#[test]
fn verbose() {
    let options = TerminalOptions { output: Output::Verbose, ..options() };
    assert_snapshot!(block_with(&rich(), &options));
}

#[test]
fn color_marks_the_words_alone() {
    let options = TerminalOptions { color: true, ..options() };
    let block = block_with(&run(vec![test("transfer", "pf").build()]), &options);
    assert!(block.contains("  \u{1b}[1;33mFLAKY\u{1b}[0m  transfer"), "{block}");
    assert_eq!(block.matches('\u{1b}').count(), 2);
}

#[test]
fn ascii_where_the_locale_has_no_more() {
    let mut run = rich();
    run.tests[1].identity.path = "überweisung_mit_einem_sehr_langen_namen_und_noch_mehr".to_owned();
    let options = TerminalOptions { unicode: false, ..options() };
    let block = block_with(&run, &options);
    assert!(block.is_ascii(), "{block}");
}

#[test]
fn under_nextest_a_test_has_its_line_alone() {
    let options = TerminalOptions { nextest: true, ..options() };
    assert_snapshot!(block_with(&run(vec![test("transfer", "ppfpt").build()]), &options));
}

#[test]
fn a_run_gate_is_judged_over_all_iterations() {
    let mut run = run(vec![test("balance", "ppppp").build(), test("transfer", "ppfpt").build()]);
    run.processes[0].min_pass_rate = Some("80".parse().unwrap());
    assert!(block(&run).contains("gate:   pass rate >= 80% met (80% of all iterations, 8/10)"), "{}", block(&run));
    run.processes[0].min_pass_rate = Some("81".parse().unwrap());
    assert!(!block(&run).contains("gate:"), "a missed gate has its own line");
    run.processes[0].report_only = true;
    assert!(block(&run).contains("gate:   pass rate >= 81% NOT MET"), "{}", block(&run));
}

#[test]
fn a_rerun_that_repaired_a_test_is_flaky() {
    let mut run = run(vec![test("transfer", "f").build(), test("transfer", "p").rerun(2).build()]);
    run.processes.push(process());
    assert_snapshot!(block(&run));
}

#[test]
fn an_iteration_that_failed_in_two_reruns_is_named_once() {
    let mut run = run(vec![test("transfer", "ff").build(), test("transfer", "fp").rerun(2).build()]);
    run.processes.push(process());
    let block = block(&run);
    assert!(block.contains("         3x assert: the transfer moved the money;"), "{block}");
    assert!(block.contains("  #1 #2  tests/banking.rs:61\n"), "{block}");
}

#[test]
fn names_and_messages_cannot_write_to_the_terminal() {
    let mut run = run(vec![test("transfer", "ff").build()]);
    run.tests[0].identity.path = "a\u{1b}[2Jb\nresult: all passed\u{202e}".to_owned();
    run.tests[0].iterations.get_mut(&1).unwrap().failure.as_mut().unwrap().message =
        "x\r\u{1b}]0;title\u{7}".to_owned();
    let block = block(&run);
    assert!(!block.contains(['\u{1b}', '\r', '\u{7}', '\u{202e}']), "{block}");
    assert_eq!(block.lines().filter(|line| line.starts_with("result:")).count(), 1, "{block}");
}

#[test]
fn a_run_on_cassettes_says_so() {
    let mut run = run(vec![test("balance", "ppss").build()]);
    run.cassettes = Some(CassetteUse { mode: CassetteMode::Replay, replayed: 12, ..CassetteUse::default() });
    let text = block(&run);
    assert!(text.contains("\ncassettes: replay: 12 exchanges replayed\n"), "{text}");
}

#[test]
fn limits_and_budget() {
    let mut run = run(vec![test("balance", "ppss").build()]);
    let held = |name: &str, lowest_in_flight, rate_limited| HeldBack {
        name: name.to_owned(),
        in_flight: 16,
        lowest_in_flight,
        rate_limited,
        waited_ms: 14_200,
    };
    run.held_back = vec![held("openai/gpt-5-mini", 4, 3), held(&"a".repeat(200), 16, 0)];
    let cost = |usd| Cost::from_usd(usd).unwrap();
    run.budget = Some(BudgetUse { max: cost(2.5), spent: cost(2.61) });
    let text = block(&run);
    assert!(text.contains("\nlimits: openai/gpt-5-mini: 16 → 4 in flight, 429 × 3, waited 14 s\n"), "{text}");
    assert!(text.contains("\nbudget: $2.6100 of $2.5000, $0.1100 more than it allows"), "{text}");
    let ascii = block_with(&run, &TerminalOptions { unicode: false, ..options() });
    assert!(ascii.contains("16 -> 4 in flight, 429 x 3, waited 14 s"), "{ascii}");
}
