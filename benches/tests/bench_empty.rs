//! Iterations that do nothing.

mod measure;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use aitest::{Iteration, aitest};

/// The time between the first iteration and the last.
fn spent(began: &OnceLock<Instant>, it: &Iteration, name: &str) {
    let began = began.get_or_init(Instant::now);
    if it.index() == it.count() {
        measure::figure(name, began.elapsed().as_nanos() / u128::from(it.count().max(2) - 1));
    }
}

#[aitest(iterations = 10_000)]
async fn empty_async(it: &Iteration) {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    spent(&BEGAN, it, "async_ns");
}

#[aitest(iterations = 10_000)]
fn empty_sync(it: &Iteration) {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    spent(&BEGAN, it, "sync_ns");
}

#[aitest(iterations = 100_000)]
fn memory(it: &Iteration) {
    if it.index() == it.count() {
        measure::figure("memory_kib", measure::peak_kib());
    }
}

/// Ends while git is still asked whether files differ.
#[aitest(iterations = 1)]
fn one() {
    measure::lifetime(|| ());
}

/// Ends after git's answer, as a test with a model does.
#[aitest(iterations = 1)]
fn late() {
    measure::lifetime(|| std::thread::sleep(Duration::from_millis(100)));
}
