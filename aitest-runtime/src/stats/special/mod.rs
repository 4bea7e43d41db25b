//! The special functions under the statistics. Arguments are checked by the callers.

mod beta;
mod binomial;
mod normal;
mod student;

pub(super) use beta::{beta_quantile, ibeta};
pub(super) use binomial::ln_point;
pub(super) use normal::{normal_quantile, normal_two_sided};
pub(super) use student::t_two_sided;
