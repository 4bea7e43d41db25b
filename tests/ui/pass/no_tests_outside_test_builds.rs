//! A build that is no test has none of it.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use aitest::aitest;

#[aitest(iterations = 3, min_pass_rate = 66.7, max_errored = 0, timeout = "1m30s500ms", concurrency = 2)]
async fn balance() -> aitest::Result {
    does_not_exist().await
}

#[aitest::test(agents = [small, large])]
fn transfer(agent: DoesNotExist, it: &aitest::Iteration) {}

fn main() {}
