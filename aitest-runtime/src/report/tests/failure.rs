use insta::assert_snapshot;

use super::fixture::test;
use crate::record::TestRecord;
use crate::report::failure_message;
use crate::stats::TestSummary;

fn message(test: &TestRecord) -> String {
    failure_message(test, &TestSummary::of(test), Some("target/aitest/report.html"))
}

#[test]
fn some_iterations_failed() {
    assert_snapshot!(message(&test("bank::transfer", "ppfpt").min_pass_rate("80").build()));
}

#[test]
fn one_iteration_failed() {
    assert_snapshot!(message(&test("transfer", "f").build()));
}

#[test]
fn one_iteration_cannot_judge_a_rate() {
    assert_snapshot!(message(&test("transfer", "f").case("gpt_5_mini").min_pass_rate("60").build()));
}

#[test]
fn all_errored() {
    assert_snapshot!(message(&test("transfer", "eee").no_agent().build()));
}

#[test]
fn many_iterations_are_told_by_the_first() {
    let mut test = test("transfer", &"pf".repeat(50)).build();
    let summary = TestSummary::of(&test);
    test.iterations.retain(|n, _| *n <= 40);
    let message = failure_message(&test, &summary, None);
    assert!(message.contains("... 80 more iterations\n"), "{message}");
    assert!(message.contains("causes of 20 of 50 iterations:\n  20x assert #2 #4 #6 #8 #10 ... at"), "{message}");
    assert!(!message.contains("report:"));
}

#[test]
fn control_characters_are_shown() {
    let mut test = test("transfer", "f").build();
    test.iterations.get_mut(&1).unwrap().failure.as_mut().unwrap().message = "a\u{1b}[31m\n\u{202e}b".to_owned();
    let message = message(&test);
    assert!(message.contains(r"a\u{1b}[31m") && message.contains(r"\u{202e}b"), "{message}");
}
