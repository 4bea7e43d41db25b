//! The one seam that generated code names. Not public API.

mod built;
mod cases;
mod run;
mod steps;

pub use crate::case::Model;
pub use crate::iteration::{BodyFailure, BodyResult, ShouldPanic};
pub use crate::process::{Options, RuntimeFlavor, TestSpec};
pub use crate::record::{Comparison, Date, Measure, Quantity, Statistic, TestGate};
pub use built::{Built, CaseBody, CaseError, block_on, case_failed};
pub use built::{FuturePlainKind, FutureResultKind, PlainKind, ResultKind};
pub use cases::{run_async_cases, run_sync_cases, run_within_cases};
pub use run::{run_async, run_sync, run_within};
pub use steps::{Steps, StepsEnd, step_alone};
