//! Worker threads that cannot be made.

use std::cell::Cell;
use std::io;

use super::super::workers::{drive_on_workers, spawn_thread};
use super::fixture::{Engine, outcomes, warnings};
use crate::record::Outcome;

thread_local! {
    /// How many threads this one may still make.
    static LEFT: Cell<u32> = const { Cell::new(0) };
}

fn spawn_few(work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    if LEFT.get() == 0 {
        return Err(io::Error::other("out of threads"));
    }
    LEFT.set(LEFT.get() - 1);
    spawn_thread(work)
}

#[test]
fn without_a_thread_iterations_are_errored() {
    let records = Engine::of(5).concurrency(2).drive(|run| drive_on_workers(run, |_| (), spawn_few));
    assert_eq!(outcomes(&records), [Outcome::Errored; 5]);
    let failure = records[4].failure.as_ref().unwrap();
    assert!(failure.message.starts_with("no thread could be made for the iteration: out of threads"), "{failure:?}");
}

#[test]
fn iterations_wait_for_the_threads_there_are() {
    LEFT.set(2);
    let records = Engine::of(12).concurrency(4).drive(|run| drive_on_workers(run, |_| (), spawn_few));
    assert_eq!(outcomes(&records), [Outcome::Passed; 12]);
    let warned = warnings("iterations_wait_for_the_threads_there_are");
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert!(warned[0].contains("2 of 4 iterations run at a time") && warned[0].contains("out of threads"));
}
