//! A test that must not run.

use aitest::aitest;

#[aitest]
fn never_runs() {
    panic!("it ran");
}
