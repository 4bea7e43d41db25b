use aitest::aitest;

#[aitest(iterations = 0, concurrency = "4", timeout = 90, runtime = "multiple", title = "")]
fn several_at_once() {}

#[aitest(iterations = 1_000_001)]
fn too_many_iterations() {}

#[aitest(iterations = -1)]
fn negative_iterations() {}

#[aitest(iterations = 5u64)]
fn suffix() {}

#[aitest(min_pass_rate = 0.8)]
fn fraction() {}

#[aitest(min_pass_rate = "1%")]
fn one_percent() {}

#[aitest(min_pass_rate = 120)]
fn more_than_all() {}

#[aitest(min_pass_rate = 0)]
fn none() {}

#[aitest(min_pass_rate = "many")]
fn no_number() {}

#[aitest(max_errored = 0.1)]
fn fraction_of_errors() {}

#[aitest(max_errored = "0.1%")]
fn share_that_looks_like_a_fraction() {}

#[aitest(max_errored = -1)]
fn negative_errors() {}

#[aitest(timeout = "0s")]
fn no_time() {}

#[aitest(timeout = "90")]
fn no_unit() {}

#[aitest(timeout = "1 day")]
fn unknown_unit() {}

#[aitest(min_pass_rate = 33.3333333)]
fn more_decimals_than_are_counted() {}

#[aitest(min_pass_rate = 8e1)]
fn exponent() {}

#[aitest(crate = "my_crate")]
fn path_as_text() {}

fn main() {}
