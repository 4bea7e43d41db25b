//! Tests that end their process.

use std::io::Write;

use aitest::{Iteration, aitest};

#[aitest(iterations = 3)]
fn before() {}

#[aitest(iterations = 3)]
fn exits(it: &Iteration) {
    if it.index() == 2 {
        std::process::exit(0);
    }
}

#[aitest(iterations = 3)]
fn aborts(it: &Iteration) {
    if it.index() == 2 {
        std::process::abort();
    }
}

/// Says each finished iteration to whoever reads its stdout, until it is killed.
#[aitest(iterations = 1000)]
fn endless(it: &Iteration) {
    if it.index() > 1 {
        let line = format!("finished {}\n", it.index() - 1);
        std::io::stdout().write_all(line.as_bytes()).expect("stdout is open");
    }
    if it.index() == 500 {
        std::thread::park();
    }
}
