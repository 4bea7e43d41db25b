//! What the statistics promise: reference values, exact arithmetic, properties, coverage, bad input.

mod coverage;
mod exact;
mod gate;
mod known_flaky;
mod one;
mod properties;
mod range;
mod reference;
mod verdict;
