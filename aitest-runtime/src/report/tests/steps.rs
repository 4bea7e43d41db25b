//! What is shown of a session.

use super::fixture::{as_session, run, test};
use crate::report::{Results, TerminalOptions, failure_message, terminal_block};
use crate::stats::TestSummary;

#[test]
fn the_terminal_says_how_often_each_step_passed() {
    let run = run(vec![as_session(test("savings::session", "ppf").build())]);
    let block = terminal_block(&Results::from_run(&run), &TerminalOptions::default());
    assert!(block.contains("         steps: asks_balance 3/3, saves_half 2/3, remembers 2/2\n"), "{block}");
}

#[test]
fn a_failed_test_s_message_says_it_too() {
    let test = as_session(test("savings::session", "pfe").build());
    let message = failure_message(&test, &TestSummary::of(&test), None);
    let expected =
        "  steps, passed of those that reached them:\n  asks_balance  3/3\n  saves_half    1/2\n  remembers     1/1\n";
    assert!(message.contains(expected), "{message}");

    let mut summary = TestSummary::of(&test);
    summary.passed += 40;
    let message = failure_message(&test, &summary, None);
    assert!(message.contains("  steps of 3 of 43 iterations, passed of those"), "{message}");
}

#[test]
fn results_tell_reached_graded_and_passed_apart() {
    let run = run(vec![as_session(test("savings::session", "pfes").build())]);
    let results = Results::from_run(&run);
    let steps: Vec<_> =
        results.tests[0].steps.iter().map(|step| (step.reached, step.n, step.passed, step.pass_rate)).collect();
    assert_eq!(steps, [(4, 4, 4, Some(1.0)), (3, 2, 1, Some(0.5)), (1, 1, 1, Some(1.0))]);
    let step = &results.tests[0].iterations[1].steps[1];
    assert_eq!(
        step.failure.as_ref().unwrap().message,
        results.tests[0].iterations[1].failure.as_ref().unwrap().message
    );
}

#[cfg(feature = "html")]
#[test]
fn the_report_has_a_table_of_steps_by_iterations() {
    let run = run(vec![as_session(test("savings::session", "ppf").build())]);
    let mut page = Vec::new();
    crate::report::write_html(&Results::from_run(&run), &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let table = page.split("<table class=\"steps\">").nth(1).unwrap().split("</table>").next().unwrap();
    insta::assert_snapshot!(table);
    let steps: Vec<&str> = page.match_indices("<p class=\"step mono\">").map(|(at, _)| &page[at..at + 40]).collect();
    assert!(steps.len() >= 5, "a transcript shows where its steps begin: {steps:?}");
}
