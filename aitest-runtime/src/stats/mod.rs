//! What counts and numbers say: pure functions, no IO, no clock. Counts are `u64`, rates and confidences fractions in
//! `[0, 1]`; what is undefined is `None` or an error, never NaN and never 0.

mod correction;
mod error;
mod gate;
mod known_flaky;
mod many;
mod one;
mod special;
mod stop;
mod summary;
mod two;
mod verdict;

#[cfg(test)]
mod tests;

pub use correction::{benjamini_hochberg, holm};
pub use error::StatsError;
pub use gate::{GateOutcome, evaluate, with_gates};
pub use known_flaky::{excuse, no_longer_flaky};
pub use many::{
    Estimate, Levels, TestPair, Variances, clustered_rate, detectable_difference, geometric_mean_ratio, mcnemar_exact,
    paired_difference, sign_flip, tests_needed, within_test_permutation,
};
pub use one::{
    Distribution, Interval, chance_to_detect, clopper_pearson_interval, clopper_pearson_lower, clopper_pearson_upper,
    entropy_bits, flip_rate, iterations_to_detect, iterations_to_show, pass_at_k, pass_hat_k, pass_rate, percent_text,
    required_passes, wilson_interval,
};
pub use stop::{Sprt, SprtDecision, confidence_sequence, curtailed_interval, curtailed_verdict};
pub use summary::{Row, TestSummary};
pub use two::{Alternative, boschloo_exact, fisher_exact, newcombe_interval, smallest_p};
pub use verdict::{decided, judge};
