//! Bodies that end after their time limit.

use std::time::Duration;

use super::super::guard::{End, guard_sync, within};
use super::super::start::Limits;
use super::fixture::{Engine, failure};
use crate::Error;
use crate::record::{FailureKind, IterationRecord, Outcome};

/// Over its limit when it is first looked at.
fn late() -> Engine {
    Engine::of(1).timeout(Duration::ZERO)
}

fn assert_late(records: &[IterationRecord], text: &str) {
    let (outcome, failure) = failure(records);
    assert_eq!((outcome, failure.kind), (Outcome::TimedOut, FailureKind::Timeout));
    assert_eq!(failure.message, format!("the iteration worked longer than its time limit of 0ns, then {text}"));
}

#[test]
fn an_error_after_the_limit_stays_in_the_message() {
    let records = late().run(async |_| Err::<(), _>(Error::msg("the real reason")));
    assert_late(&records, "failed: the real reason");
    assert!(records[0].failure.as_ref().unwrap().location.as_deref().unwrap().contains("limits.rs"));
}

#[test]
fn a_panic_after_the_limit_stays_in_the_message() {
    let records = late().run(async |it| assert!(it.index() == 0, "the real reason"));
    assert_late(&records, "failed: the real reason");
    assert!(records[0].failure.as_ref().unwrap().location.as_deref().unwrap().contains("limits.rs"));
}

#[test]
fn a_body_that_returned_too_late_has_timed_out() {
    let records = late().run(async |_| ());
    assert_eq!(failure(&records).1.message, "the iteration worked longer than its time limit of 0ns");
}

#[test]
fn a_body_on_a_worker_thread_keeps_its_error_too() {
    let records = late().drive(|run| {
        let it = run.begin(1, 1);
        let body = guard_sync(&it, || Err::<(), _>(Error::msg("the real reason")));
        let limits = Limits { timeout: Some(Duration::ZERO), max_wait: Duration::MAX };
        let end = within(&it, &limits, body);
        assert!(matches!(end, End::Over(..)));
        run.finish(&it, end);
    });
    assert_late(&records, "failed: the real reason");
}

#[test]
fn an_error_after_waiting_too_long_stays_in_the_message() {
    let records = Engine::of(1).drive(|run| {
        let it = run.begin(1, 1);
        let body = guard_sync(&it, || Err::<(), _>(Error::msg("the real reason")));
        let limits = Limits { timeout: None, max_wait: Duration::ZERO };
        run.finish(&it, within(&it, &limits, body));
    });
    let (outcome, failure) = failure(&records);
    assert_eq!(outcome, Outcome::Errored);
    assert_eq!(failure.message, "the iteration waited longer than max_wait, 0ns, then failed: the real reason");
}

#[test]
fn a_body_that_blocks_the_thread_times_out_alone() {
    let over = std::cell::Cell::new(false);
    let records = Engine::of(4).concurrency(4).timeout(Duration::from_millis(200)).run(async |it| {
        if it.index() < 4 {
            while !over.get() {
                tokio::task::yield_now().await;
            }
        } else {
            std::thread::sleep(Duration::from_millis(400));
            over.set(true);
        }
    });
    let outcomes = records.iter().map(|record| (record.key.iteration, record.outcome));
    let outcomes: std::collections::BTreeMap<_, _> = outcomes.collect();
    use Outcome::{Passed, TimedOut};
    assert_eq!(outcomes, [(1, Passed), (2, Passed), (3, Passed), (4, TimedOut)].into());
    let innocent = records.iter().find(|record| record.outcome == Passed).unwrap();
    assert!(innocent.waited_us >= 390_000, "{}", innocent.waited_us);
}
