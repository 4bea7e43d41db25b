//! The seam that generated code names. Not public API: anything here may change in a patch release.
//!
//! The functions that run a test wire the parts together first: this is the one place that names both sides.

use std::future::Future;

pub use aitest_runtime::Iteration;
pub use aitest_runtime::private::{
    BodyResult, Built, CaseBody, CaseError, Comparison, Date, FuturePlainKind, FutureResultKind, Measure, Model,
    Options, PlainKind, Quantity, ResultKind, RuntimeFlavor, ShouldPanic, Statistic, Steps, TestGate, TestSpec,
    block_on, case_failed, step_alone,
};
use aitest_runtime::{Case, Parts, private};

#[cfg(feature = "agent")]
pub use aitest_agent::Agent;

/// Runs a test whose body is async, on a runtime of its own.
pub fn run_async<F, R>(spec: &'static TestSpec, body: F)
where
    F: Fn(Iteration) -> R,
    R: Future<Output: BodyResult>,
{
    install();
    private::run_async(spec, body);
}

/// Runs a test whose body is async, inside the runtime that another attribute made.
pub async fn run_within<F, R>(spec: &'static TestSpec, body: F)
where
    F: Fn(Iteration) -> R,
    R: Future<Output: BodyResult>,
{
    install();
    private::run_within(spec, body).await;
}

/// Runs a test whose body is not async.
pub fn run_sync<F, R>(spec: &'static TestSpec, body: F)
where
    F: Fn(Iteration) -> R + Copy + Send + 'static,
    R: BodyResult,
{
    install();
    private::run_sync(spec, body);
}

/// Runs a test of several cases whose body is async, on a runtime of its own.
pub fn run_async_cases<T, F, R>(spec: &'static TestSpec, cases: Result<Vec<Case<T>>, CaseError>, body: F)
where
    T: Clone,
    F: Fn(Iteration, T) -> R,
    R: Future<Output: BodyResult>,
{
    install();
    private::run_async_cases(spec, cases, body);
}

/// Runs a test of several cases whose body is async, inside the runtime that another attribute made.
pub async fn run_within_cases<T, F, R>(spec: &'static TestSpec, cases: Result<Vec<Case<T>>, CaseError>, body: F)
where
    T: Clone,
    F: Fn(Iteration, T) -> R,
    R: Future<Output: BodyResult>,
{
    install();
    private::run_within_cases(spec, cases, body).await;
}

/// Runs a test of several cases whose body is not async.
pub fn run_sync_cases<T, F, R>(spec: &'static TestSpec, cases: Result<Vec<Case<T>>, CaseError>, body: F)
where
    T: Clone + Send + 'static,
    F: Fn(Iteration, T) -> R + Copy + Send + 'static,
    R: BodyResult,
{
    install();
    private::run_sync_cases(spec, cases, body);
}

fn install() {
    #[cfg(any(feature = "agent", feature = "tap"))]
    aitest_agent::__private::install_crypto_provider();
    aitest_runtime::install(Parts {
        #[cfg(feature = "agent")]
        reap_children: Some(aitest_agent::__private::reap_children),
        #[cfg(not(feature = "agent"))]
        reap_children: None,
        #[cfg(feature = "cassette")]
        end_cassette: Some(aitest_agent::__private::end_iteration),
        #[cfg(not(feature = "cassette"))]
        end_cassette: None,
    });
}
