use std::fmt::Debug;
use std::future::{Future, Ready, ready};

/// What a function in `agents = […]` returned: `T`, `Result<T, E>`, or a future of either.
///
/// Told apart by autoref: `match Case(path()) { case => (&&&case).kind().resolve(case).await }` picks the most
/// special of the four traits, which must all be in scope.
#[derive(Debug)]
pub struct Case<V>(pub V);

/// A case that could not be built: an infrastructure error.
#[derive(Debug)]
pub struct CaseError(pub String);

/// See [`Case`].
#[derive(Debug)]
pub struct FutureResultTag;
/// See [`Case`].
#[derive(Debug)]
pub struct FuturePlainTag;
/// See [`Case`].
#[derive(Debug)]
pub struct ResultTag;
/// See [`Case`].
#[derive(Debug)]
pub struct PlainTag;

/// See [`Case`].
pub trait FutureResultKind {
    /// The tag of an async function that returns a `Result`.
    fn kind(&self) -> FutureResultTag {
        FutureResultTag
    }
}
impl<T, E: Debug, F: Future<Output = Result<T, E>>> FutureResultKind for &&Case<F> {}

/// See [`Case`].
pub trait FuturePlainKind {
    /// The tag of an async function.
    fn kind(&self) -> FuturePlainTag {
        FuturePlainTag
    }
}
impl<F: Future> FuturePlainKind for &Case<F> {}

/// See [`Case`].
pub trait ResultKind {
    /// The tag of a function that returns a `Result`.
    fn kind(&self) -> ResultTag {
        ResultTag
    }
}
impl<T, E: Debug> ResultKind for &Case<Result<T, E>> {}

/// See [`Case`].
pub trait PlainKind {
    /// The tag of any other function.
    fn kind(&self) -> PlainTag {
        PlainTag
    }
}
impl<T> PlainKind for Case<T> {}

impl FutureResultTag {
    /// The case itself.
    pub async fn resolve<T, E: Debug, F: Future<Output = Result<T, E>>>(self, case: Case<F>) -> Result<T, CaseError> {
        case.0.await.map_err(|error| CaseError(format!("{error:?}")))
    }
}

impl FuturePlainTag {
    /// The case itself.
    pub async fn resolve<F: Future>(self, case: Case<F>) -> Result<F::Output, CaseError> {
        Ok(case.0.await)
    }
}

impl ResultTag {
    /// The case itself.
    pub fn resolve<T, E: Debug>(self, case: Case<Result<T, E>>) -> Ready<Result<T, CaseError>> {
        ready(case.0.map_err(|error| CaseError(format!("{error:?}"))))
    }
}

impl PlainTag {
    /// The case itself.
    pub fn resolve<T>(self, case: Case<T>) -> Ready<Result<T, CaseError>> {
        ready(Ok(case.0))
    }
}

/// Waits for a case in a test that is not async.
pub fn block_on<F: Future>(future: F) -> F::Output {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(future),
        Err(error) => panic!("a tokio runtime could not be built: {error}"),
    }
}
