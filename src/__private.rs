pub use aitest_runtime::Iteration;
pub use aitest_runtime::private::{
    BodyResult, Case, CaseError, FuturePlainKind, FutureResultKind, Options, PlainKind, ResultKind, RuntimeFlavor,
    ShouldPanic, TestSpec, block_on, run_async, run_sync, run_within,
};
