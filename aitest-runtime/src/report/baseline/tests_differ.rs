use std::collections::HashMap;

use super::{Baseline, BaselineTest};
use crate::record::TestId;
use crate::report::results::{Process, Renamed, Results, Test, TestName};

/// Which tests of a run belong to which of a baseline, and which to none.
pub(super) struct Matching<'b> {
    /// For each test of the run its counterpart.
    pub(super) pairs: Vec<Option<&'b BaselineTest>>,
    pub(super) added: Vec<TestName>,
    pub(super) removed: Vec<TestName>,
    pub(super) not_run: Vec<TestName>,
    pub(super) renamed: Vec<Renamed>,
}

impl<'b> Matching<'b> {
    pub(super) fn of(results: &Results<'_>, baseline: &'b Baseline) -> Self {
        let by_id: HashMap<TestId, &BaselineTest> = baseline.tests.iter().map(|test| (test.id, test)).collect();
        let mut pairs: Vec<Option<&BaselineTest>> =
            results.tests.iter().map(|test| by_id.get(&test.id).copied()).collect();
        let known: HashMap<TestId, ()> = results.tests.iter().map(|test| (test.id, ())).collect();
        let mut gone: Vec<&BaselineTest> = baseline.tests.iter().filter(|test| !known.contains_key(&test.id)).collect();
        let mut renamed = Vec::new();
        for (place, test) in results.tests.iter().enumerate() {
            if pairs[place].is_none()
                && let Some(old) = old_name(test, &results.tests, &pairs, &gone)
            {
                pairs[place] = Some(old);
                renamed.push(Renamed { id: test.id, name: name(test), was: old.name() });
            }
        }
        gone.retain(|test| !pairs.iter().flatten().any(|pair| pair.id == test.id));
        let added = results.tests.iter().zip(&pairs).filter(|(_, pair)| pair.is_none());
        let added = added.map(|(test, _)| TestName { id: test.id, name: name(test) }).collect();
        let (removed, not_run): (Vec<&BaselineTest>, Vec<&BaselineTest>) =
            gone.into_iter().partition(|test| ran_whole(&results.run.processes, test));
        let names = |tests: Vec<&BaselineTest>| -> Vec<TestName> {
            tests.into_iter().map(|test| TestName { id: test.id, name: test.name() }).collect()
        };
        Matching { pairs, added, removed: names(removed), not_run: names(not_run), renamed }
    }
}

pub(super) fn name(test: &Test<'_>) -> String {
    match &test.case {
        Some(case) => format!("{}::{case}", test.path),
        None => test.path.to_string(),
    }
}

/// The test under the name it had: of the same package, target, case and title, where one alone has that title on both
/// sides.
fn old_name<'b>(
    test: &Test<'_>,
    tests: &[Test<'_>],
    pairs: &[Option<&'b BaselineTest>],
    gone: &[&'b BaselineTest],
) -> Option<&'b BaselineTest> {
    let title = test.title.as_deref()?;
    let is_alike = |other: &&Test<'_>| {
        other.title.as_deref() == Some(title)
            && (&other.package, &other.target, &other.case) == (&test.package, &test.target, &test.case)
    };
    let was = |old: &&&BaselineTest| {
        old.title.as_deref() == Some(title)
            && (old.package.as_str(), old.target.as_str(), old.case.as_deref())
                == (test.package.as_ref(), test.target.as_ref(), test.case.as_deref())
    };
    let new = tests.iter().zip(pairs).filter(|(other, pair)| pair.is_none() && is_alike(other)).count();
    let mut old = gone.iter().filter(was);
    let only = old.next().filter(|_| new == 1)?;
    old.next().is_none().then_some(*only)
}

/// Whether a process ran all tests of the test's target, so that one that did not run is not there, or ignored.
fn ran_whole(processes: &[Process<'_>], test: &BaselineTest) -> bool {
    processes.iter().any(|process| {
        process.package == test.package && process.target == test.target && selects_all(&process.command)
    })
}

/// Whether libtest was given no filter: `target/debug/deps/bank-0f3a --test-threads=1`. A value that stands apart from
/// its option looks like a filter, and is taken for one.
fn selects_all(command: &str) -> bool {
    let narrows = ["--exact", "--skip", "--ignored", "--list"];
    let mut arguments = command.split_whitespace().skip(1);
    arguments.all(|argument| argument.starts_with('-') && !narrows.iter().any(|option| argument.starts_with(option)))
}

#[cfg(test)]
mod tests {
    use super::selects_all;

    #[test]
    fn a_filter_is_seen() {
        for all in ["bank-0f3a", "target/debug/deps/bank-0f3a --test-threads=1 -q --nocapture"] {
            assert!(selects_all(all), "{all}");
        }
        for some in
            ["bank transfer", "bank --exact transfer", "bank --skip=slow", "bank --ignored", "bank --test-threads 1"]
        {
            assert!(!selects_all(some), "{some}");
        }
    }
}
