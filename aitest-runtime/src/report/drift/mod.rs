//! What tests and agents were given in one run and not in another: the suspects where results differ.

mod change;
mod compare;
mod lines;
mod setups;

pub use change::{Change, Drift, Subject};
pub use compare::drift;
