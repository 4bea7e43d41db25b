//! Which panic is judged, and payloads of every kind.

use std::panic::{catch_unwind, panic_any, resume_unwind};

use super::super::ShouldPanic;
use super::fixture::{Engine, failure, outcomes};
use crate::record::FailureKind;
use crate::record::Outcome::{Errored, Failed, Passed};

fn another_than_the_caught_one() {
    let _ = catch_unwind(|| panic!("boom"));
    resume_unwind(Box::new("something else"));
}

fn the_caught_one() {
    let first = catch_unwind(|| panic!("boom")).unwrap_err();
    let _ = catch_unwind(|| panic!("in between"));
    resume_unwind(first);
}

fn one_of_a_thread() {
    let payload = std::thread::spawn(|| resume_unwind(Box::new("in the thread"))).join().unwrap_err();
    resume_unwind(payload);
}

#[test]
fn the_panic_that_ended_the_body_is_judged() {
    let records = Engine::of(1).sync(|_| another_than_the_caught_one());
    let (outcome, failure) = failure(&records);
    assert_eq!((outcome, failure.message.as_str(), failure.location.as_deref()), (Failed, "something else", None));
}

#[test]
fn an_expected_text_is_looked_for_in_the_panic_that_ended_the_body() {
    let boom = || Engine::of(1).should_panic(ShouldPanic::With("boom"));
    let records = boom().sync(|_| another_than_the_caught_one());
    let (outcome, failure) = failure(&records);
    assert_eq!(outcome, Failed);
    assert!(failure.message.ends_with("(should_panic): something else"), "{}", failure.message);
    assert_eq!(outcomes(&boom().sync(|_| the_caught_one())), [Passed]);
}

#[test]
fn an_expected_text_may_be_a_secret_and_is_never_shown() {
    const TOKEN: &str = "sk-abcdefghijklmnopqrstuvwx0123456789";
    let expecting = || Engine::of(1).should_panic(ShouldPanic::With(TOKEN));
    assert_eq!(outcomes(&expecting().sync(|it| assert!(it.index() == 0, "no such token: {TOKEN}"))), [Passed]);
    let records = expecting().sync(|it| assert!(it.index() == 0, "no such account"));
    let (outcome, failure) = failure(&records);
    assert_eq!(outcome, Failed);
    assert!(failure.message.starts_with("the panic message does not contain `[redacted:"), "{}", failure.message);
}

#[test]
fn an_assertion_is_one_also_with_words_of_its_own() {
    let records = Engine::of(4).sync(|it| match it.index() {
        1 => assert!(it.index() > 1),
        2 => assert!(it.index() > 2, "too few"),
        3 => assert_eq!(it.index(), 4, "not four"),
        _ => panic!("too many"),
    });
    let kinds: Vec<_> = records.iter().map(|record| record.failure.as_ref().unwrap().kind).collect();
    assert_eq!(kinds, [FailureKind::Assert, FailureKind::Assert, FailureKind::Assert, FailureKind::Panic]);
}

#[test]
fn a_caught_panic_that_goes_on_keeps_its_place() {
    let records = Engine::of(1).sync(|_| the_caught_one());
    let (_, failure) = failure(&records);
    assert_eq!(failure.message, "boom");
    assert!(failure.location.as_deref().is_some_and(|place| place.contains("panics.rs")), "{failure:?}");
}

#[test]
fn a_panic_of_a_thread_that_goes_on_in_the_body_is_its_own_message() {
    let records = Engine::of(1).sync(|_| one_of_a_thread());
    assert_eq!(failure(&records).1.message, "in the thread");
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic_any(Bomb2);
    }
}

/// What a dropped [`Bomb`] throws.
struct Bomb2;

impl Drop for Bomb2 {
    fn drop(&mut self) {
        panic!("dropped again");
    }
}

fn throw_a_bomb() {
    panic_any(Bomb);
}

#[test]
fn a_payload_that_panics_when_it_is_dropped_ends_its_iteration_alone() {
    let expected = [Passed, Failed, Passed];
    for concurrency in [1, 2] {
        let records = Engine::of(3).concurrency(concurrency).sync(|it| {
            if it.index() == 2 {
                throw_a_bomb();
            }
        });
        assert_eq!(outcomes(&records), expected, "concurrency {concurrency}");
    }
    let records = Engine::of(3).run(async |it| {
        if it.index() == 2 {
            throw_a_bomb();
        }
    });
    assert_eq!(outcomes(&records), expected);
}

#[test]
fn a_payload_that_nobody_looks_at_may_panic_when_it_is_dropped() {
    let records = Engine::of(2).sync(|it| {
        it.infrastructure_error("no route");
        throw_a_bomb();
    });
    assert_eq!(outcomes(&records), [Errored, Errored]);
}

#[test]
fn a_body_that_is_dropped_may_panic_with_such_a_payload() {
    struct Owned;
    impl Drop for Owned {
        fn drop(&mut self) {
            panic_any(Bomb);
        }
    }
    let records = Engine::of(2).timeout(std::time::Duration::ZERO).run(async |_| {
        let _owned = Owned;
        std::future::pending::<()>().await;
    });
    assert_eq!(outcomes(&records), [crate::record::Outcome::TimedOut; 2]);
}
