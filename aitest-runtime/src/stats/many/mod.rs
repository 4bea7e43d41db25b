//! Many tests: one agent's rate over them, and two agents over the same ones. The test is the cluster: iterations of
//! one test are no independent draws of the suite.

mod clustered;
mod mcnemar;
mod power;
mod ratio;
mod sign_flip;
mod within_test;

pub use clustered::{Estimate, clustered_rate, paired_difference};
pub use mcnemar::mcnemar_exact;
pub use power::{Levels, Variances, detectable_difference, tests_needed};
pub use ratio::geometric_mean_ratio;
pub use sign_flip::sign_flip;
pub use within_test::{TestPair, within_test_permutation};
