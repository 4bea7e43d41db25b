//! Stopping early: what may be said of a run that was not run to its end.

mod curtailed;
mod sequence;
mod sprt;

pub use curtailed::{curtailed_interval, curtailed_verdict};
pub use sequence::confidence_sequence;
pub use sprt::{Sprt, SprtDecision};
