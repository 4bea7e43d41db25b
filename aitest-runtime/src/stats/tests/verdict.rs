use super::super::{TestSummary, decided, judge};
use crate::record::{ErrorBudget, Percent, Policy, Reason, Stopped, StoppedBy, VerdictKind};

fn policy(rate: &str) -> Policy {
    Policy {
        min_pass_rate: rate.parse().unwrap(),
        own_threshold: rate != "100",
        max_errored: ErrorBudget::Count(1),
        ..Policy::default()
    }
}

fn summary(planned: u32, passed: u64, failed: u64, errored: u64) -> TestSummary {
    TestSummary { passed, failed, errored, ..TestSummary::new(planned) }
}

fn kind(summary: TestSummary, policy: &Policy) -> (VerdictKind, Reason) {
    let verdict = judge(&summary, policy);
    (verdict.verdict, verdict.reason)
}

#[test]
fn all_must_pass_by_default() {
    assert_eq!(kind(summary(3, 3, 0, 0), &policy("100")), (VerdictKind::Passed, Reason::ThresholdMet));
    assert_eq!(kind(summary(3, 2, 1, 0), &policy("100")), (VerdictKind::Failed, Reason::ThresholdMissed));
}

#[test]
fn a_threshold_is_exact() {
    // 0.29 · 100 is 28.999999999999996 in floating point.
    assert_eq!(kind(summary(100, 29, 71, 0), &policy("29")).0, VerdictKind::Passed);
    assert_eq!(kind(summary(100, 28, 72, 0), &policy("29")).0, VerdictKind::Failed);
    assert_eq!(kind(summary(3, 2, 1, 0), &policy("67")).0, VerdictKind::Failed, "2/3 is below 67 %");
}

#[test]
fn timed_out_iterations_are_graded_and_not_passed() {
    let timed_out = TestSummary { timed_out: 1, ..summary(3, 2, 0, 0) };
    assert_eq!(kind(timed_out, &policy("100")).0, VerdictKind::Failed);
    assert_eq!(kind(timed_out, &policy("60")).0, VerdictKind::Passed);
}

#[test]
fn errored_iterations_leave_the_rate_within_the_budget() {
    assert_eq!(kind(summary(3, 2, 0, 1), &policy("100")).0, VerdictKind::Passed);
    assert_eq!(kind(summary(4, 2, 0, 2), &policy("100")), (VerdictKind::NotGraded, Reason::ErrorBudgetExceeded));
    assert_eq!(kind(summary(1, 0, 0, 1), &policy("100")), (VerdictKind::NotGraded, Reason::NothingGraded));
}

#[test]
fn missing_iterations_decide_only_when_they_could() {
    // 3 of 5 ran. Two more passes or two more failures: both fail at 100 %, both reach 60 %.
    assert_eq!(kind(summary(5, 2, 1, 0), &policy("100")).0, VerdictKind::Failed);
    let tolerant = Policy { max_errored: ErrorBudget::Count(2), ..policy("60") };
    assert_eq!(kind(summary(5, 3, 0, 0), &tolerant).0, VerdictKind::Passed);
    assert_eq!(
        kind(summary(5, 3, 0, 0), &policy("60")).0,
        VerdictKind::Inconclusive,
        "both could error: the budget is 1"
    );
    assert_eq!(kind(summary(5, 3, 0, 0), &policy("80")), (VerdictKind::Inconclusive, Reason::IterationsMissing));
    assert_eq!(kind(summary(5, 3, 0, 0), &policy("100")).0, VerdictKind::Inconclusive);
}

#[test]
fn a_run_gate_takes_flaky_tests_and_leaves_broken_ones() {
    let gated = Policy { run_gate: true, ..policy("100") };
    assert_eq!(kind(summary(3, 2, 1, 0), &gated), (VerdictKind::Passed, Reason::LeftToRunGate));
    assert_eq!(kind(summary(3, 0, 3, 0), &gated).0, VerdictKind::Failed);
    assert_eq!(kind(summary(5, 0, 3, 0), &gated).0, VerdictKind::Inconclusive, "it may still turn out flaky");
    let own = Policy { own_threshold: true, min_pass_rate: Percent::ALL, ..gated };
    assert_eq!(kind(summary(3, 2, 1, 0), &own).0, VerdictKind::Failed, "its own threshold holds");
}

#[test]
fn the_message_says_what_was_counted_and_what_was_not() {
    let verdict = judge(&TestSummary { skipped: 1, ..summary(6, 3, 1, 1) }, &policy("90"));
    assert_eq!(verdict.message, "3/4 iterations passed (75 %), 1 errored, 1 skipped, needs 90 %");
}

fn confident(rate: &str) -> Policy {
    Policy { confidence: Some("95".parse().unwrap()), ..policy(rate) }
}

#[test]
fn a_confidence_has_three_answers() {
    assert_eq!(kind(summary(29, 29, 0, 0), &confident("90")), (VerdictKind::Passed, Reason::ThresholdMet));
    assert_eq!(
        kind(summary(28, 28, 0, 0), &confident("90")),
        (VerdictKind::Inconclusive, Reason::ConfidenceNotReached)
    );
    assert_eq!(kind(summary(5, 2, 3, 0), &confident("90")), (VerdictKind::Failed, Reason::ThresholdMissed));
    assert_eq!(kind(summary(3, 3, 0, 0), &confident("100")).0, VerdictKind::Passed, "judged without it");
    let inconclusive = judge(&summary(28, 27, 1, 0), &confident("90"));
    assert_eq!(
        inconclusive.message,
        "27/28 iterations passed (96 %), needs 90 % at 95 % confidence: the rate may be 84.1 to 99.8 %; 46 iterations \
         without another failure would show it"
    );
}

/// Every order of outcomes: a test that stops when it is decided has the full run's verdict.
#[test]
fn a_decided_verdict_is_the_full_runs_for_every_order_of_outcomes() {
    let policies = [policy("100"), policy("60"), policy("29"), confident("50"), confident("90")];
    for policy in policies.map(|policy| Policy { max_errored: ErrorBudget::Count(0), ..policy }) {
        for planned in 1..=12_u32 {
            for outcomes in 0..1_u32 << planned {
                let after = |run: u32| {
                    let passed = u64::from((outcomes & ((1 << run) - 1)).count_ones());
                    summary(planned, passed, u64::from(run) - passed, 0)
                };
                let full = kind(after(planned), &policy);
                let stop = (1..=planned).find(|run| decided(&after(*run), &policy).is_some()).unwrap();
                let left_out = u64::from(planned - stop);
                let stopped = TestSummary {
                    skipped: left_out,
                    left_out,
                    stopped: (left_out > 0).then_some(Stopped { by: StoppedBy::Decided, after: stop }),
                    ..after(stop)
                };
                assert_eq!(kind(stopped, &policy), full, "{outcomes:b} of {planned}, {policy:?}");
                assert_eq!(decided(&stopped, &policy), Some(full.0));
            }
        }
    }
}

#[test]
fn too_many_errors_decide_a_test_and_a_sequential_test_decides_alone() {
    let none = Policy { max_errored: ErrorBudget::Count(0), ..policy("50") };
    assert_eq!(decided(&summary(10, 3, 0, 1), &none), Some(VerdictKind::NotGraded));
    assert_eq!(decided(&TestSummary::new(10), &none), None);
    let stopped = |by, passed, failed| TestSummary {
        skipped: 5,
        left_out: 5,
        stopped: Some(Stopped { by, after: 5 }),
        ..summary(10, passed, failed, 0)
    };
    assert_eq!(kind(stopped(StoppedBy::Accepted, 4, 1), &none), (VerdictKind::Passed, Reason::SequentialTest));
    assert_eq!(kind(stopped(StoppedBy::Rejected, 4, 1), &none), (VerdictKind::Failed, Reason::SequentialTest));
    let interrupted = TestSummary { interrupted: 1, ..summary(3, 2, 0, 0) };
    assert_eq!(kind(interrupted, &none).0, VerdictKind::Inconclusive, "no stop rule left it out");
}
