//! The one seam that generated code names. Not public API.

mod case;
mod run;
mod spec;

pub use crate::iteration::{BodyResult, ShouldPanic};
pub use case::{Case, CaseBody, CaseError, block_on, case_failed};
pub use case::{FuturePlainKind, FutureResultKind, PlainKind, ResultKind};
pub use run::{run_async, run_sync, run_within};
pub use spec::{Options, RuntimeFlavor, TestSpec};
