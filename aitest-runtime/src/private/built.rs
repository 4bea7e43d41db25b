use std::fmt::Debug;
use std::future::{Future, Ready, ready};

use super::{BodyFailure, BodyResult};
use crate::collector::Iteration;

/// What a function in `agents = […]` or `cases = …` returned: `T`, `Result<T, E>`, or a future of either.
///
/// Told apart by autoref: with `let case = Built(path());`, `(&&&&case).kind().resolve(case).await` picks the first of
/// the four traits that fits, which must all be in scope: method lookup takes one `&` off the receiver at a time, and
/// each trait is implemented one `&` below the one before it.
#[derive(Debug)]
pub struct Built<V>(pub V);

/// A case that could not be built: an infrastructure error.
#[derive(Clone, Debug)]
pub struct CaseError(pub String);

/// See [`Built`].
#[derive(Debug)]
pub struct FutureResultTag;
/// See [`Built`].
#[derive(Debug)]
pub struct FuturePlainTag;
/// See [`Built`].
#[derive(Debug)]
pub struct ResultTag;
/// See [`Built`].
#[derive(Debug)]
pub struct PlainTag;

/// See [`Built`].
pub trait FutureResultKind {
    /// The tag of an async function that returns a `Result`.
    fn kind(&self) -> FutureResultTag {
        FutureResultTag
    }
}
impl<T, E: Debug, F: Future<Output = Result<T, E>>> FutureResultKind for &&&Built<F> {}

/// See [`Built`].
pub trait FuturePlainKind {
    /// The tag of an async function.
    fn kind(&self) -> FuturePlainTag {
        FuturePlainTag
    }
}
impl<F: Future> FuturePlainKind for &&Built<F> {}

/// See [`Built`].
pub trait ResultKind {
    /// The tag of a function that returns a `Result`.
    fn kind(&self) -> ResultTag {
        ResultTag
    }
}
impl<T, E: Debug> ResultKind for &Built<Result<T, E>> {}

/// See [`Built`].
pub trait PlainKind {
    /// The tag of any other function.
    fn kind(&self) -> PlainTag {
        PlainTag
    }
}
impl<T> PlainKind for Built<T> {}

impl FutureResultTag {
    /// The case itself.
    pub async fn resolve<T, E: Debug, F: Future<Output = Result<T, E>>>(self, case: Built<F>) -> Result<T, CaseError> {
        case.0.await.map_err(|error| CaseError(format!("{error:?}")))
    }
}

impl FuturePlainTag {
    /// The case itself.
    pub async fn resolve<F: Future>(self, case: Built<F>) -> Result<F::Output, CaseError> {
        Ok(case.0.await)
    }
}

impl ResultTag {
    /// The case itself.
    pub fn resolve<T, E: Debug>(self, case: Built<Result<T, E>>) -> Ready<Result<T, CaseError>> {
        ready(case.0.map_err(|error| CaseError(format!("{error:?}"))))
    }
}

impl PlainTag {
    /// The case itself.
    pub fn resolve<T>(self, case: Built<T>) -> Ready<Result<T, CaseError>> {
        ready(Ok(case.0))
    }
}

/// What an iteration with a case came to.
#[derive(Debug)]
pub enum CaseBody<R> {
    /// The case was built and the body returned.
    Ran(R),
    /// The case could not be built; the body did not run.
    NotBuilt(String),
}

impl<R: BodyResult> BodyResult for CaseBody<R> {
    fn into_failure(self) -> Option<BodyFailure> {
        match self {
            CaseBody::Ran(result) => result.into_failure(),
            CaseBody::NotBuilt(message) => Some(BodyFailure::of(message)),
        }
    }
}

/// Reports a case that could not be built: the iteration is errored, since the subject was never asked.
pub fn case_failed<R>(it: &Iteration, error: CaseError) -> CaseBody<R> {
    let message = format!("the case could not be built: {}", error.0);
    it.infrastructure_error(&message);
    CaseBody::NotBuilt(message)
}

/// Waits for a case in a test that is not async.
pub fn block_on<F: Future>(future: F) -> F::Output {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(future),
        Err(error) => panic!("a tokio runtime could not be built: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::collector::IterationStart;
    use crate::record::{IterationKey, TestId};

    #[derive(Debug, PartialEq)]
    struct Agent(u8);

    /// The case of an expression, as generated code takes it.
    macro_rules! resolve {
        ($case:expr) => {{
            let case = Built($case);
            block_on((&&&&case).kind().resolve(case))
        }};
    }

    async fn asynchronous() -> Agent {
        Agent(3)
    }

    async fn asynchronous_result(error: Option<&'static str>) -> Result<Agent, &'static str> {
        error.map_or(Ok(Agent(4)), Err)
    }

    fn boxed() -> std::pin::Pin<Box<dyn Future<Output = Result<Agent, &'static str>>>> {
        Box::pin(asynchronous_result(None))
    }

    #[expect(clippy::manual_async_fn, reason = "the form under test")]
    fn implemented() -> impl Future<Output = Agent> {
        async { Agent(5) }
    }

    #[test]
    fn a_value_is_the_case() {
        assert_eq!(resolve!(Agent(1)).unwrap(), Agent(1));
        assert_eq!(resolve!("a reference").unwrap(), "a reference");
        assert_eq!(resolve!(Some(1)).unwrap(), Some(1));
    }

    #[test]
    fn a_result_is_unwrapped() {
        assert_eq!(resolve!(Ok::<_, String>(Agent(2))).unwrap(), Agent(2));
        assert_eq!(resolve!(Err::<Agent, _>("no key")).unwrap_err().0, "\"no key\"");
    }

    #[test]
    fn a_future_is_awaited() {
        assert_eq!(resolve!(asynchronous()).unwrap(), Agent(3));
        assert_eq!(resolve!(implemented()).unwrap(), Agent(5));
    }

    #[test]
    fn a_future_of_a_result_is_awaited_and_unwrapped() {
        assert_eq!(resolve!(asynchronous_result(None)).unwrap(), Agent(4));
        assert_eq!(resolve!(asynchronous_result(Some("no key"))).unwrap_err().0, "\"no key\"");
        assert_eq!(resolve!(boxed()).unwrap(), Agent(4));
    }

    #[test]
    fn a_case_that_fails_is_an_error_of_the_infrastructure() {
        let key = IterationKey { test: TestId(7), rerun: 1, iteration: 1, attempt: 1 };
        let it = Iteration::begin(IterationStart { test: Arc::default(), key, count: 1, seed: 0 });
        let body: CaseBody<()> = case_failed(&it, CaseError("\"no key\"".to_owned()));
        let message = "the case could not be built: \"no key\"";
        assert_eq!(body.into_failure().unwrap().text, message);
        assert_eq!(it.collected().infrastructure.as_ref().unwrap().message, message);
    }

    #[test]
    fn the_error_of_a_result_may_be_any_that_can_be_shown() {
        let error = crate::Error::msg("no key");
        assert!(resolve!(Err::<Agent, _>(error)).unwrap_err().0.starts_with("no key"));
    }
}
