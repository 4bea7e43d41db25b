//! Results to compare a run with: a file of counts and costs, or an earlier run's results.

mod change;
mod compare;
mod error;
mod file;
mod gate;
mod of_results;
mod suspects;
mod tests_differ;

pub use compare::Beside;
pub use error::BaselineError;
pub use file::{BASELINE_SCHEMA, Baseline, BaselineTest, Numbers};
