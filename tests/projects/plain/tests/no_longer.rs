//! A test that is known to be flaky and passes.

use aitest::aitest;

#[aitest(flaky = "it failed once", until = "2999-12-31")]
fn steady() {}
