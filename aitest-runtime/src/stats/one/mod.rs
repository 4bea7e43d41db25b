//! One test: k of n graded iterations passed.

mod flakiness;
mod interval;
mod numbers;
mod pass_k;
mod planning;
mod rate;

pub use flakiness::{entropy_bits, flip_rate};
pub use interval::{Interval, clopper_pearson_interval, clopper_pearson_lower, clopper_pearson_upper, wilson_interval};
pub use numbers::Distribution;
pub use pass_k::{pass_at_k, pass_hat_k};
pub use planning::{chance_to_detect, iterations_to_detect, iterations_to_show};
pub use rate::{pass_rate, percent_text, required_passes};

pub(super) use numbers::nearest_rank;
