//! The one seam that generated code names. Not public API.

mod case;
mod run;

pub use crate::iteration::{BodyFailure, BodyResult, ShouldPanic};
pub use crate::process::{Options, RuntimeFlavor, TestSpec};
pub use crate::record::{Comparison, Date, Measure, Quantity, Statistic, TestGate};
pub use case::{Case, CaseBody, CaseError, block_on, case_failed};
pub use case::{FuturePlainKind, FutureResultKind, PlainKind, ResultKind};
pub use run::{run_async, run_sync, run_within};
