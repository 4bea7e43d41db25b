//! Two results of one test: a baseline and now.

mod boschloo;
mod fisher;
mod hypergeometric;
mod newcombe;

pub use boschloo::boschloo_exact;
pub use fisher::{Alternative, fisher_exact, smallest_p};
pub use newcombe::newcombe_interval;

pub(super) use hypergeometric::Hypergeometric;
