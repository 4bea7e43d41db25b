// The attributes of rstest need not be known: what stands below `#[aitest]` is its to read.
use aitest::aitest;

#[aitest]
#[rstest]
#[case(1)]
fn cases(#[case] _x: u32) {}

#[aitest]
#[rstest]
fn values(#[values(1, 2)] _x: u32, _bank: Bank) {}

struct Bank;

fn main() {}
