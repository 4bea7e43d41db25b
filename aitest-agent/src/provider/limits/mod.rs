//! What holds requests back: how many are in flight, and how many and how large they may be in a minute.

mod clocks;
mod gate;
mod limiter;
#[cfg(feature = "agent")]
mod request;
mod settings;

pub(crate) use limiter::Limiter;
#[cfg(feature = "tap")]
pub(crate) use limiter::Pass;
pub(crate) use settings::Limits;
#[cfg(feature = "tap")]
pub(crate) use settings::estimate;
