use super::super::{TestSummary, excuse, judge, no_longer_flaky};
use crate::record::{Date, KnownFlaky, Policy, Reason, Verdict, VerdictKind};

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn excused(summary: &TestSummary, today: &str) -> Verdict {
    let known = KnownFlaky { reason: "issue 12".to_owned(), until: date("2026-12-31") };
    excuse(judge(summary, &Policy::default()), &known, date(today))
}

#[test]
fn it_blocks_again_after_its_day() {
    let flaky = TestSummary { passed: 4, failed: 1, ..TestSummary::new(5) };
    for today in ["2026-01-01", "2026-12-31"] {
        let verdict = excused(&flaky, today);
        assert_eq!((verdict.verdict, verdict.reason), (VerdictKind::Passed, Reason::KnownFlaky));
        assert!(verdict.message.ends_with("does not block: known to be flaky until 2026-12-31 (issue 12)"));
    }
    let verdict = excused(&flaky, "2027-01-01");
    assert_eq!((verdict.verdict, verdict.reason), (VerdictKind::Failed, Reason::ThresholdMissed));
    assert!(verdict.message.contains("it was known to be flaky until 2026-12-31 (issue 12)"), "{}", verdict.message);
}

#[test]
fn it_excuses_no_infrastructure() {
    let errored = TestSummary { errored: 5, ..TestSummary::new(5) };
    assert_eq!(excused(&errored, "2026-01-01").verdict, VerdictKind::NotGraded);
    let passed = TestSummary { passed: 5, ..TestSummary::new(5) };
    assert_eq!(excused(&passed, "2026-01-01").reason, Reason::ThresholdMet);
}

#[test]
fn clean_iterations_end_it() {
    let clean = |n: u32| TestSummary { passed: n.into(), ..TestSummary::new(n) };
    let policy = Policy::default();
    assert_eq!(no_longer_flaky(&clean(28), &policy), Some(Err(29)));
    assert_eq!(no_longer_flaky(&clean(29), &policy), Some(Ok(())));
    let lower = Policy { min_pass_rate: "60".parse().unwrap(), ..policy };
    assert_eq!(no_longer_flaky(&clean(6), &lower), Some(Ok(())), "its own threshold is enough");
    assert_eq!(no_longer_flaky(&TestSummary { failed: 1, ..clean(40) }, &policy), None);
    assert_eq!(no_longer_flaky(&TestSummary { errored: 1, ..clean(40) }, &policy), None);
    assert_eq!(no_longer_flaky(&TestSummary::new(3), &policy), None);
}
