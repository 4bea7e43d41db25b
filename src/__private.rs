pub use aitest_runtime::Iteration;
pub use aitest_runtime::private::{
    BodyResult, Case, CaseBody, CaseError, FuturePlainKind, FutureResultKind, Options, PlainKind, ResultKind,
    RuntimeFlavor, ShouldPanic, TestSpec, block_on, case_failed, run_async, run_sync, run_within,
};
