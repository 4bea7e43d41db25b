//! A run beside its baseline.

use proptest::prelude::*;

use super::fixture::{Given, give, run, setting, test};
use crate::record::{Cost, RunRecord, TestRecord};
use crate::report::text::columns;
use crate::report::{
    BASELINE_SCHEMA, Baseline, BaselineComparison, BaselineError, Beside, ChangeKind, GateResult, Results,
    TerminalOptions, TestChange, terminal_block,
};
use crate::stats::{Alternative, boschloo_exact, fisher_exact};

fn beside(baseline: &Baseline) -> Beside<'_> {
    Beside { baseline, source: "base.json", family: 0, fail_on_regression: true }
}

fn baseline(tests: Vec<TestRecord>) -> Baseline {
    Baseline::of(&Results::from_run(&run(tests)))
}

fn compared(before: Vec<TestRecord>, now: &RunRecord) -> BaselineComparison {
    let baseline = baseline(before);
    let mut results = Results::from_run(now);
    results.compare_with(&beside(&baseline));
    results.baseline.unwrap()
}

/// `passed` of `graded` iterations of a test that needs nothing.
fn counts(path: &str, passed: usize, graded: usize) -> TestRecord {
    test(path, &format!("{}{}", "p".repeat(passed), "f".repeat(graded - passed))).min_pass_rate("2").build()
}

fn change(found: &BaselineComparison, path: &str) -> ChangeKind {
    row(found, path).change.known().unwrap()
}

fn row<'f>(found: &'f BaselineComparison, path: &str) -> &'f TestChange {
    found.tests.iter().find(|test| test.name == path).unwrap()
}

fn gate(found: &BaselineComparison) -> (GateResult, &str) {
    let gate = found.gate.as_ref().unwrap();
    (gate.result.known().unwrap(), gate.message.as_str())
}

#[test]
fn worse_better_the_same_and_too_little_to_tell() {
    let before = vec![counts("a", 10, 10), counts("b", 2, 10), counts("c", 9, 10), counts("d", 1, 1)];
    let now = run(vec![counts("a", 3, 10), counts("b", 9, 10), counts("c", 8, 10), counts("d", 1, 1)]);
    let found = compared(before, &now);
    let changes = ["a", "b", "c", "d"].map(|path| change(&found, path));
    assert_eq!(changes, [ChangeKind::Regressed, ChangeKind::Improved, ChangeKind::Unchanged, ChangeKind::CannotTell]);
    assert_eq!((found.changes.regressed, found.changes.cannot_tell, found.family), (1, 1, 4));
    assert_eq!(gate(&found), (GateResult::NotMet, "regressed: a"));
    let a = row(&found, "a");
    let expected = boschloo_exact(10, 10, 3, 10).unwrap();
    assert!((a.p_drop.unwrap() - expected).abs() < 1e-8 && a.method.as_deref() == Some("boschloo"));
    assert!((a.p_drop_gate.unwrap() - 4.0 * expected).abs() < 1e-8, "Holm: the least of four");
    assert_eq!(a.difference, Some(-0.7));
    assert_eq!(found.tests[0].name, "a", "the strongest evidence first");
    let d = row(&found, "d");
    assert!(d.smallest_p_drop.unwrap() > 0.05, "{d:?}");
}

#[test]
fn many_tests_need_stronger_evidence() {
    let before = |count: usize| (0..count).map(|n| counts(&format!("t{n}"), 10, 10)).collect::<Vec<_>>();
    let now = |count: usize| {
        let tests = (0..count).map(|n| counts(&format!("t{n}"), if n == 0 { 6 } else { 10 }, 10));
        run(tests.collect())
    };
    assert_eq!(change(&compared(before(1), &now(1)), "t0"), ChangeKind::Regressed);
    let found = compared(before(20), &now(20));
    assert_eq!(change(&found, "t0"), ChangeKind::Unchanged, "one in twenty does that by chance");
    assert_eq!(gate(&found), (GateResult::Met, "no test regressed"));
    let baseline = baseline(before(1));
    let mut results_of = now(1);
    results_of.tests.truncate(1);
    let mut results = Results::from_run(&results_of);
    results.compare_with(&Beside { family: 20, ..beside(&baseline) });
    let apart = results.baseline.unwrap();
    assert_eq!((change(&apart, "t0"), apart.family), (ChangeKind::Unchanged, 20), "a process alone, as one of twenty");
}

#[test]
fn large_counts_are_fisher_s() {
    let before = vec![counts("a", 300, 300)];
    let found = compared(before, &run(vec![counts("a", 280, 300)]));
    let a = row(&found, "a");
    let expected = fisher_exact(300, 300, 280, 300, Alternative::Less).unwrap();
    assert!((a.p_drop.unwrap() - expected).abs() < 1e-8 && a.method.as_deref() == Some("fisher"));
}

#[test]
fn a_gate_that_nothing_could_fail_is_not_met() {
    let found = compared(vec![counts("a", 1, 1)], &run(vec![counts("a", 1, 1)]));
    assert_eq!(
        gate(&found),
        (
            GateResult::Inconclusive,
            "1 iterations beside 1 cannot show a regression: run more of them, now and for the baseline"
        )
    );
    let errored = compared(vec![counts("a", 9, 10)], &run(vec![test("a", "eee").build()]));
    assert_eq!(gate(&errored), (GateResult::Inconclusive, "nothing was graded"));
    assert_eq!(change(&errored, "a"), ChangeKind::CannotTell);
    let never = compared(vec![counts("a", 0, 2)], &run(vec![counts("a", 0, 2)]));
    assert_eq!(gate(&never).0, GateResult::Met, "what never passed cannot get worse");
    let both = vec![counts("a", 0, 1), counts("b", 1, 1)];
    let found = compared(both, &run(vec![counts("a", 0, 1), counts("b", 0, 1)]));
    assert_eq!(gate(&found).0, GateResult::Inconclusive, "one that never passed speaks for no other");
}

#[test]
fn a_process_that_is_judged_apart_cannot_fail_by_what_the_whole_run_could_not() {
    let baseline = baseline(vec![counts("a", 3, 3)]);
    let now = run(vec![counts("a", 0, 3)]);
    let gate_of = |family| {
        let mut results = Results::from_run(&now);
        results.compare_with(&Beside { family, ..beside(&baseline) });
        results.baseline.unwrap().gate.unwrap().result.known()
    };
    assert_eq!(gate_of(1), Some(GateResult::NotMet));
    assert_eq!(gate_of(6), Some(GateResult::Inconclusive), "six times the least p is not below 0.05");
}

#[test]
fn a_known_flaky_test_fails_neither_gate_of_the_run() {
    let flaky = |until: &str| {
        let known = test("flaky", "ffffffffff").min_pass_rate("2").known_flaky(until).build();
        let mut now = run(vec![counts("a", 10, 10), known]);
        now.processes[0].min_pass_rate = Some("90".parse().unwrap());
        let baseline = baseline(vec![counts("a", 10, 10), counts("flaky", 10, 10)]);
        let mut results = Results::from_run(&now);
        results.compare_with(&beside(&baseline));
        let regression = results.baseline.as_ref().unwrap().gate.as_ref().unwrap().result.known();
        (results.run.gates[0].result.known(), regression)
    };
    assert_eq!(flaky("2999-12-31"), (Some(GateResult::Met), Some(GateResult::Met)));
    assert_eq!(flaky("2001-12-31"), (Some(GateResult::NotMet), Some(GateResult::NotMet)), "it blocks again");
}

#[test]
fn a_gate_without_counterparts_is_met_by_new_tests_of_a_known_target_alone() {
    let now = run(vec![counts("new", 10, 10)]);
    assert_eq!(gate(&compared(vec![counts("old", 10, 10)], &now)), (GateResult::Met, "all tests are new"));
    let mut elsewhere = counts("old", 10, 10);
    elsewhere.identity.target = "test/elsewhere".to_owned();
    let (result, message) = {
        let found = compared(vec![elsewhere], &now);
        (gate(&found).0, gate(&found).1.to_owned())
    };
    assert_eq!(result, GateResult::Inconclusive);
    assert!(message.starts_with("the baseline holds none of these tests"), "{message}");
    let mut results = Results::from_run(&now);
    let empty = Baseline::default();
    results.compare_with(&beside(&empty));
    let found = results.baseline.unwrap();
    assert!(gate(&found).1.starts_with("no earlier run is kept that finished a test"), "{:?}", gate(&found));
}

#[test]
fn tests_come_go_and_change_their_name() {
    let before = vec![
        counts("kept", 10, 10),
        test("old_name", "pppppppppp").title("Moves money").build(),
        counts("gone", 10, 10),
    ];
    let mut now = run(vec![
        counts("kept", 10, 10),
        test("new_name", "ffffffffff").title("Moves money").build(),
        counts("fresh", 10, 10),
    ]);
    now.processes[0].target = "test/banking".to_owned();
    let found = compared(before.clone(), &now);
    let names = |tests: &[crate::report::TestName]| tests.iter().map(|test| test.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&found.added), names(&found.removed)), (vec!["fresh".to_owned()], vec!["gone".to_owned()]));
    assert_eq!(
        found.renamed.iter().map(|test| (test.name.as_str(), test.was.as_str())).collect::<Vec<_>>(),
        [("new_name", "old_name")]
    );
    assert_eq!(change(&found, "new_name"), ChangeKind::Regressed, "a new name hides no regression");
    now.processes[0].command.push_str(" kept");
    let found = compared(before, &now);
    assert_eq!((names(&found.removed), names(&found.not_run)), (vec![], vec!["gone".to_owned()]), "there was a filter");
}

#[test]
fn costs_shift_when_the_intervals_of_the_medians_part() {
    let priced = |usd: f64| {
        let mut test = counts("a", 10, 10);
        for record in test.iterations.values_mut() {
            record.agent.cost = Cost::from_usd(usd);
        }
        test
    };
    let found = compared(vec![priced(0.001)], &run(vec![priced(0.002)]));
    let a = row(&found, "a");
    let cost = a.cost.unwrap();
    assert_eq!((cost.ratio, cost.is_shown, a.duration.unwrap().is_shown), (2.0, true, false));
    assert_eq!(found.cost_ratio.unwrap().value, 2.0);
    let few = |usd: f64| {
        let mut test = priced(usd);
        test.iterations.retain(|number, _| *number <= 5);
        test
    };
    let found = compared(vec![few(0.001)], &run(vec![few(0.002)]));
    assert!(!row(&found, "a").cost.unwrap().is_shown, "five iterations have no interval");
}

#[test]
fn what_did_not_finish_or_was_not_graded_is_no_baseline() {
    let of = baseline(vec![counts("a", 1, 2), test("b", "pp").unfinished().build(), test("c", "ee").build()]);
    assert_eq!(of.tests.iter().map(|test| test.path.as_str()).collect::<Vec<_>>(), ["a"]);
    let mut partial = counts("a", 1, 2);
    partial.settings.push(setting("only", "7,13", "AITEST_ONLY"));
    assert!(baseline(vec![partial]).tests.is_empty());
}

/// A run beside a baseline: worse, better, the same, dearer, new, gone.
fn changed() -> (Baseline, RunRecord) {
    let mut dear = counts("dear", 10, 10);
    for record in dear.iterations.values_mut() {
        record.agent.cost = record.agent.cost.map(|cost| Cost::from_pico_usd(cost.pico_usd() * 3));
    }
    let before = baseline(vec![
        counts("transfer", 10, 10),
        counts("balance", 2, 10),
        counts("deposit", 9, 10),
        counts("dear", 10, 10),
        counts("report", 10, 10),
    ]);
    let now = run(vec![
        counts("transfer", 3, 10),
        counts("balance", 9, 10),
        counts("deposit", 8, 10),
        dear,
        counts("statement", 10, 10),
    ]);
    (before, now)
}

#[test]
fn the_terminal_names_what_needs_attention() {
    let (before, now) = changed();
    let mut results = Results::from_run(&now);
    results.compare_with(&beside(&before));
    let options = TerminalOptions { unicode: true, ..TerminalOptions::default() };
    let block = terminal_block(&results, &options);
    assert!(block.lines().all(|line| columns(line) <= 100 || line.starts_with("rerun:")), "{block}");
    insta::assert_snapshot!(block);
    let nextest = terminal_block(&results, &TerminalOptions { nextest: true, ..options });
    assert!(nextest.contains("\n         regressed transfer: 3/10, was 10/10: -70 points ["), "{nextest}");
}

#[cfg(feature = "html")]
#[test]
fn the_page_shows_each_change_and_escapes_names() {
    let (mut before, now) = changed();
    before.tests[4].path = "<script>alert(1)</script>".to_owned();
    let mut results = Results::from_run(&now);
    results.compare_with(&Beside { source: "<b>.json", ..beside(&before) });
    let mut page = Vec::new();
    crate::report::write_html(&results, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(!page.contains("<script") && !page.contains("<b>.json"));
    assert!(page.contains("1 regressed, 1 improved, 2 unchanged, compared with &#60;b&#62;.json"), "{page}");
    for text in ["-70 pp", "-89 to -29", "3.0× !", "regressions fail", "regressed: transfer", "New:"] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn what_was_given_otherwise_is_a_suspect_through_a_file() {
    let of = |passed: usize, description: &'static str| {
        let mut given = Given::teller();
        given.tools[1].1 = description;
        let mut run = run(vec![counts("transfer", passed, 10), counts("balance", 10, 10)]);
        give(&mut run, "transfer", &given);
        run
    };
    let before = Baseline::of(&Results::from_run(&of(10, "Moves money between accounts")));
    let file = serde_json::to_string(&before).unwrap();
    let before = Baseline::parse(&file).unwrap();
    let now = of(3, "Moves money");
    let mut results = Results::from_run(&now);
    results.compare_with(&beside(&before));
    let suspects = &results.baseline.as_ref().unwrap().suspects;
    let told: Vec<_> = suspects.iter().map(|suspect| (suspect.change.as_str(), suspect.tests.len())).collect();
    assert_eq!(told, [("`transfer`: description changed", 1)]);
    assert!(suspects[0].diff.contains("- Moves money between accounts\n+ Moves money"), "{:?}", suspects[0]);
    let block = terminal_block(&results, &TerminalOptions { unicode: true, ..TerminalOptions::default() });
    assert!(block.contains("        suspect: `transfer`: description changed (in 1 test)\n"), "{block}");
}

#[test]
fn an_earlier_result_stands_beside_a_test_that_does_not_pass() {
    let before = baseline(vec![counts("a", 5, 5), counts("b", 4, 5)]);
    let now = run(vec![test("a", "ppppf").build(), test("b", "ppppp").build()]);
    let mut results = Results::from_run(&now);
    results.add_previous(&before.tests);
    let previous: Vec<_> =
        results.tests.iter().map(|test| test.previous.as_ref().map(|run| (run.passed, run.n))).collect();
    assert_eq!(previous, [Some((5, 5)), None]);
}

fn error_of(text: &str) -> String {
    Baseline::parse(text).unwrap_err().to_string()
}

const TEST: &str = r#"{"id":"9c41d07e5b2a61f8","package":"bank","target":"t","path":"a","passed":9,"n":10}"#;

#[test]
fn what_is_no_baseline_is_an_error_that_says_why() {
    assert!(matches!(Baseline::parse(" \n"), Err(BaselineError::Empty)));
    let whole = format!(r#"{{"schema":"{BASELINE_SCHEMA}","tests":[{TEST}]}}"#);
    assert!(Baseline::parse(&whole).is_ok());
    for end in 1..whole.len() {
        let error = error_of(&whole[..end]);
        assert!(error.starts_with("the file is cut off"), "{}: {error}", &whole[..end]);
    }
    for (text, message) in [
        (
            r#"{"schema":"aitest.baseline/2","tests":[]}"#,
            "the file is of schema `aitest.baseline/2`; this aitest reads",
        ),
        (r#"{"schema":"aitest.results/2","run":{}}"#, "the file is of schema `aitest.results/2`; this aitest reads"),
        (r#"{"tests":[]}"#, "the file has no schema"),
        ("[1, 2]", "the file is no baseline and no results"),
        (r#"{"schema":"aitest.baseline/1","tests":[]}"#, "no test in the file finished"),
        (&format!(r#"{{"schema":"aitest.baseline/1","tests":[{TEST},{TEST}]}}"#), "the test `a` is in the file twice"),
        (&whole.replace("\"n\":10", "\"n\":8"), "the counts of the test `a` cannot be"),
        (&whole.replace("\"passed\":9,\"n\":10", "\"passed\":0,\"n\":0"), "the counts of the test `a` cannot be"),
        (&whole.replace("\"passed\":9", "\"passed\":-1"), "the file is no baseline and no results"),
    ] {
        let error = error_of(text);
        assert!(error.contains(message), "{text}: {error}");
    }
}

#[test]
fn results_are_a_baseline_and_partial_ones_are_not() {
    let mut of = run(vec![counts("a", 9, 10)]);
    let written = |of: &RunRecord| {
        let mut json = Vec::new();
        crate::report::write_json(&Results::from_run(of), &mut json).unwrap();
        String::from_utf8(json).unwrap()
    };
    let read = Baseline::parse(&written(&of)).unwrap();
    assert_eq!((read.tests[0].passed, read.tests[0].n), (9, 10));
    assert_eq!(read, Baseline::of(&Results::from_run(&of)), "times and costs survive");
    of.tests[0].settings.push(setting("only", "7,13", "AITEST_ONLY"));
    assert!(matches!(Baseline::parse(&written(&of)), Err(BaselineError::Partial)));
}

proptest! {
    #[test]
    fn a_baseline_survives_its_file(passed in 0_u64..50, more in 0_u64..50, eighths in 0_u32..u32::MAX, title in ".*") {
        let mut baseline: Baseline = serde_json::from_str(&format!(r#"{{"schema":"{BASELINE_SCHEMA}","tests":[{TEST}]}}"#)).unwrap();
        let test = &mut baseline.tests[0];
        (test.passed, test.n, test.title) = (passed, passed + more + 1, Some(title));
        let mean = f64::from(eighths) / 8.0;
        test.working_ms = Some(crate::report::Numbers { mean, p50: mean, p50_ci: Some([0, u64::MAX]) });
        prop_assert_eq!(Baseline::parse(&serde_json::to_string(&baseline).unwrap()).unwrap(), baseline);
    }

    #[test]
    fn any_text_is_a_baseline_or_an_error(text in ".*") {
        let _ = Baseline::parse(&text).map_err(|error| error.to_string());
    }

}

proptest! {
    // Boschloo's test takes milliseconds in the dev profile.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn numbers_hold_together(
        tests in proptest::collection::vec((0_usize..12, 1_usize..12, 0_usize..12, 0_usize..12), 1..6),
    ) {
        let of = |place: usize, passed: usize, n: usize| counts(&format!("t{place}"), passed.min(n), n);
        let before = tests.iter().enumerate().map(|(place, (k, n, ..))| of(place, *k, *n)).collect();
        let now = run(tests.iter().enumerate().map(|(place, (.., k, n))| of(place, *k, *n)).collect());
        let found = compared(before, &now);
        prop_assert_eq!(found.tests.len(), tests.len());
        for test in &found.tests {
            let Some(p) = test.p_drop else {
                prop_assert_eq!((test.now.n, test.change.known()), (0, Some(ChangeKind::CannotTell)));
                continue;
            };
            let (listed, gate) = (test.p_drop_corrected.unwrap(), test.p_drop_gate.unwrap());
            prop_assert!(0.0 <= p && p <= listed && listed <= gate + 1e-9 && gate <= 1.0, "{:?}", test);
            prop_assert!(test.smallest_p_drop.unwrap() <= p + 1e-6, "{:?}", test);
            let [low, high] = test.ci.unwrap();
            let difference = test.difference.unwrap();
            prop_assert!(low - 1e-9 <= difference && difference <= high + 1e-9);
            match test.change.known().unwrap() {
                ChangeKind::Regressed => prop_assert!(difference < 0.0),
                ChangeKind::Improved => prop_assert!(difference > 0.0),
                ChangeKind::Unchanged | ChangeKind::CannotTell => {}
            }
        }
        let regressed = found.tests.iter().any(|test| test.p_drop_gate.is_some_and(|p| p < 0.05));
        prop_assert_eq!(gate(&found).0 == GateResult::NotMet, regressed);
    }
}
