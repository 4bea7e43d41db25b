use aitest::{Iteration, aitest};

#[aitest]
fn argument(_x: u32) {}

#[aitest]
async fn two_arguments(_x: u32, _y: u32) {}

#[aitest]
fn by_value(_it: Iteration) {}

#[aitest]
fn mutable(_it: &mut Iteration) {}

#[aitest]
fn after_the_iteration(_it: &Iteration, _x: u32) {}

fn main() {}
