//! Errors marked by `.infrastructure()`: errored when one ended the body, failed when the body handled it.

use std::fmt;

use super::super::BodyResult;
use super::fixture::{Engine, failure};
use crate::collector::Iteration;
use crate::record::Outcome;
use crate::{Error, Result, ResultExt};

#[derive(Debug)]
struct Said(&'static str);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Said {}

fn unmarked(text: &'static str) -> std::result::Result<(), Said> {
    Err(Said(text))
}

fn marked(text: &'static str) -> Result {
    unmarked(text).infrastructure()
}

/// The outcome and the message of an iteration.
fn ending<R: BodyResult>(body: impl Fn(Iteration) -> R + Copy + Send + 'static) -> (Outcome, String) {
    let records = Engine::of(1).sync(body);
    let (outcome, failure) = failure(&records);
    (outcome, failure.message.clone())
}

#[test]
fn a_handled_error_does_not_excuse_a_later_failure() {
    for text in ["", "a", "the answer is wrong", "no route"] {
        let ended = ending(move |_| {
            assert!(marked(text).is_err());
            assert!(text.len() > 100, "the answer is wrong: no route to a model");
        });
        assert_eq!(ended, (Outcome::Failed, "the answer is wrong: no route to a model".to_owned()), "`{text}`");
        let ended = ending(move |_| {
            assert!(marked(text).is_err());
            Err::<(), _>(Error::msg("the answer is wrong: no route to a model"))
        });
        assert_eq!(ended.0, Outcome::Failed, "`{text}`");
    }
}

#[test]
fn an_empty_message_of_another_error_is_no_mark() {
    let ended = ending(|_| {
        assert!(unmarked("").map_err(Error::infrastructure).is_err());
        unmarked("").map_err(Error::msg)
    });
    assert_eq!(ended.0, Outcome::Failed);
    let ended = ending(|_| {
        assert!(marked("").is_err());
        Err::<(), _>(String::new())
    });
    assert_eq!(ended.0, Outcome::Failed);
}

#[test]
fn a_returned_error_is_errored() {
    assert_eq!(ending(|_| marked("no route")), (Outcome::Errored, "no route".to_owned()));
    assert_eq!(ending(|_| marked("")), (Outcome::Errored, String::new()));
}

#[test]
fn an_error_of_the_bodys_own_may_carry_a_marked_one() {
    #[derive(Debug)]
    struct Broken {
        #[expect(dead_code, reason = "`Debug` shows it")]
        source: Error,
    }
    let ended = ending(|_| marked("no route").map_err(|source| Broken { source }));
    assert_eq!(ended, (Outcome::Errored, "no route".to_owned()));
}

#[test]
fn a_whole_message_that_is_returned_as_text_is_errored() {
    let ended = ending(|_| marked("no \"route\"").map_err(|error| error.to_string()));
    assert_eq!(ended, (Outcome::Errored, "no \"route\"".to_owned()));
    let ended = ending(|_| marked("no route").unwrap_or_else(|error| panic!("{error}")));
    assert_eq!(ended, (Outcome::Errored, "no route".to_owned()));
}

#[test]
fn an_unwrapped_error_is_errored() {
    assert_eq!(ending(|_| marked("no \"route\"").unwrap()), (Outcome::Errored, "no \"route\"".to_owned()));
    assert_eq!(ending(|_| marked("").expect("an answer")), (Outcome::Errored, String::new()));
}

#[test]
fn the_error_that_ended_the_body_counts_not_the_last_one() {
    let ended = ending(|_| {
        let first = marked("no route");
        assert!(marked("no quota").is_err());
        first
    });
    assert_eq!(ended, (Outcome::Errored, "no route".to_owned()));
    let ended = ending(|_| {
        let first = marked("no route");
        assert!(marked("no quota").is_err());
        first.unwrap();
    });
    assert_eq!(ended, (Outcome::Errored, "no route".to_owned()));
}

#[test]
fn an_error_of_a_thread_of_the_bodys_own_keeps_its_mark() {
    let ended = ending(|_| std::thread::spawn(|| marked("no route")).join().unwrap());
    assert_eq!(ended, (Outcome::Errored, "no route".to_owned()));
}
