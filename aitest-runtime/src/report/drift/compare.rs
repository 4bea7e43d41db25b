use std::collections::{BTreeMap, HashMap};

use super::super::results::{Results, Setup, Test};
use super::setups::{Pair, change};
use super::{Change, Drift, Subject};
use crate::record::TestId;

/// What differs between two runs in what their tests and agents were given, each change once with the tests that it is
/// in. Tests of one run alone are passed over.
///
/// Seen are: the source of a test's own function, the requested and the served model, the system prompt, skills, the
/// tools of each server, and parameters. Not seen is what nobody told: functions that a test calls, what a server does
/// inside.
///
/// ```
/// use aitest_runtime::report::{Results, drift};
///
/// # fn compare(baseline: &str, latest: &str) -> Result<(), aitest_runtime::report::ReadError> {
/// for suspect in drift(&Results::parse(baseline)?, &Results::parse(latest)?) {
///     println!("{} in {} tests\n{}", suspect.change, suspect.tests.len(), suspect.change.diff());
/// }
/// # Ok(())
/// # }
/// ```
pub fn drift(before: &Results<'_>, after: &Results<'_>) -> Vec<Drift> {
    let known: HashMap<TestId, &Test<'_>> = before.tests.iter().map(|test| (test.id, test)).collect();
    let setups = [setups(before), setups(after)];
    let mut found: BTreeMap<Change, Vec<TestId>> = BTreeMap::new();
    for test in &after.tests {
        let Some(earlier) = known.get(&test.id) else { continue };
        let mut changes = of_test(earlier, test);
        for (old, new) in pairs(&setups, earlier, test) {
            changes.extend(Pair { before: (old, before), after: (new, after) }.changes());
        }
        for change in once(changes) {
            found.entry(change).or_default().push(test.id);
        }
    }
    found.into_iter().map(|(change, tests)| Drift { change, tests }).collect()
}

type Setups<'r> = HashMap<&'r str, &'r Setup<'r>>;

fn setups<'r>(results: &'r Results<'r>) -> Setups<'r> {
    results.agents.iter().flat_map(|agent| &agent.setups).map(|setup| (setup.id.as_ref(), setup)).collect()
}

/// What differs in the test itself.
fn of_test(before: &Test<'_>, after: &Test<'_>) -> Vec<Change> {
    let source = |test: &Test<'_>| test.source.as_deref().map(str::to_owned);
    let served = |test: &Test<'_>| (!test.served_models.is_empty()).then(|| test.served_models.join(", "));
    let mut changes = Vec::new();
    // What an older version did not record is no change.
    if let (before @ Some(_), after @ Some(_)) = (source(before), source(after)) {
        changes.extend(change(Subject::TestSource, "", before, after));
    }
    if let (before @ Some(_), after @ Some(_)) = (served(before), served(after)) {
        changes.extend(change(Subject::ServedModel, "", before, after));
    }
    changes
}

/// The setups of a test that only one run has, in their order: what its agents became.
fn pairs<'r>([old, new]: &[Setups<'r>; 2], before: &Test<'_>, after: &Test<'_>) -> Vec<(&'r Setup<'r>, &'r Setup<'r>)> {
    let gone = before.setups.iter().filter(|id| !after.setups.contains(id));
    let come = after.setups.iter().filter(|id| !before.setups.contains(id));
    let pairs = gone.zip(come).filter_map(|(gone, come)| Some((*old.get(gone.as_ref())?, *new.get(come.as_ref())?)));
    pairs.collect()
}

/// Each subject once: a prompt that is another one in every iteration is one change of the test. A model that was not
/// asked for is not served either.
fn once(changes: Vec<Change>) -> Vec<Change> {
    let asked_for_another = changes.iter().any(|change| change.subject == Subject::RequestedModel);
    let mut kept: Vec<Change> = Vec::new();
    for change in changes {
        let is_known = kept.iter().any(|known| (known.subject, &known.name) == (change.subject, &change.name));
        let follows = asked_for_another && change.subject == Subject::ServedModel;
        if !is_known && !follows {
            kept.push(change);
        }
    }
    kept
}
