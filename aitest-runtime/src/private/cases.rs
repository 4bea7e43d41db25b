//! Tests whose cases are known when they run.

use std::collections::HashSet;
use std::future::{Future, ready};

use super::run::{Conclusion, begin_case, runtime};
use super::{CaseError, case_failed, run_async, run_sync, run_within};
use crate::case::Case;
use crate::collector::Iteration;
use crate::iteration::{BodyResult, drive_async, drive_sync};
use crate::process::TestSpec;
use crate::redact::redact;

/// Cases as their function returned them.
type Given<T> = Result<Vec<Case<T>>, CaseError>;

/// Runs a test of several cases, one after the other, whose body is async, on a runtime of its own.
pub fn run_async_cases<T, F, R>(spec: &'static TestSpec, cases: Given<T>, body: F)
where
    T: Clone,
    F: Fn(Iteration, T) -> R,
    R: Future<Output: BodyResult>,
{
    let cases = match checked(cases) {
        Ok(cases) => cases,
        Err(error) => return run_async(spec, |it| ready(case_failed::<()>(&it, error.clone()))),
    };
    let mut conclusion = Conclusion::default();
    for Case { name, value } in cases {
        let Some(begun) = begin_case(spec, true, &name) else { continue };
        let runtime = runtime(spec.options.runtime);
        runtime.block_on(drive_async(begun.run(), |it| body(it, value.clone())));
        // A blocking task that a body left behind must not hold the test up.
        runtime.shutdown_background();
        conclusion.add(begun);
    }
    conclusion.end();
}

/// The same inside the runtime that another attribute made.
pub async fn run_within_cases<T, F, R>(spec: &'static TestSpec, cases: Given<T>, body: F)
where
    T: Clone,
    F: Fn(Iteration, T) -> R,
    R: Future<Output: BodyResult>,
{
    let cases = match checked(cases) {
        Ok(cases) => cases,
        Err(error) => return run_within(spec, |it| ready(case_failed::<()>(&it, error.clone()))).await,
    };
    let mut conclusion = Conclusion::default();
    for Case { name, value } in cases {
        let Some(begun) = begin_case(spec, true, &name) else { continue };
        drive_async(begun.run(), |it| body(it, value.clone())).await;
        conclusion.add(begun);
    }
    conclusion.end();
}

/// The same where the body is not async.
pub fn run_sync_cases<T, F, R>(spec: &'static TestSpec, cases: Given<T>, body: F)
where
    T: Clone + Send + 'static,
    F: Fn(Iteration, T) -> R + Copy + Send + 'static,
    R: BodyResult,
{
    let cases = match checked(cases) {
        Ok(cases) => cases,
        Err(error) => return run_sync(spec, move |it| case_failed::<()>(&it, error.clone())),
    };
    let mut conclusion = Conclusion::default();
    for Case { name, value } in cases {
        let Some(begun) = begin_case(spec, false, &name) else { continue };
        drive_sync(begun.run(), move |it| body(it, value.clone()));
        conclusion.add(begun);
    }
    conclusion.end();
}

/// Cases that reports can tell apart.
fn checked<T>(cases: Given<T>) -> Given<T> {
    let cases = cases?;
    if cases.is_empty() {
        return Err(CaseError("the function of `cases` returned none: return one at least".to_owned()));
    }
    let mut seen = HashSet::new();
    for (index, Case { name, .. }) in cases.iter().enumerate() {
        if name.trim().is_empty() {
            return Err(CaseError(format!("case {} of the function of `cases` has no name: give it one", index + 1)));
        }
        // As reports show it.
        let shown = redact(name);
        if seen.contains(&shown) {
            return Err(CaseError(format!(
                "two cases are named `{shown}`: reports could not tell them apart, rename one"
            )));
        }
        seen.insert(shown);
    }
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(names: &[&str]) -> String {
        checked(Ok(names.iter().map(|name| Case::new(*name, ())).collect())).unwrap_err().0
    }

    #[test]
    fn cases_that_cannot_be_told_apart_are_an_error() {
        assert!(message(&[]).contains("returned none"));
        assert!(message(&["a", " "]).contains("case 2 of the function"));
        let tokens = ["a", "b"].map(|letter| format!("user sk-{letter}bcdefghijklmnopqrstuvwx0123456789"));
        assert!(message(&[&tokens[0], &tokens[1]]).contains("two cases are named `user [redacted:"));
        assert!(message(&["a", "b", "a"]).contains("two cases are named `a`"));
        assert_eq!(checked(Ok(vec![Case::new("a", 1)])).unwrap(), [Case::new("a", 1)]);
    }
}
