//! What counts and numbers say: pure functions, no IO, no clock. Counts are `u64`, rates and confidences fractions in
//! `[0, 1]`; what is undefined is `None`, never NaN and never 0.

mod beta;
mod rate;
mod summary;
mod verdict;
#[cfg(test)]
mod verdict_tests;

pub use rate::{
    Interval, chance_to_detect, clopper_pearson_lower, clopper_pearson_upper, iterations_to_detect, iterations_to_show,
    pass_rate, required_passes, wilson_interval,
};
pub use summary::{Row, TestSummary, percent_text};
pub use verdict::judge;
