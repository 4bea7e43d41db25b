use std::collections::BTreeSet;

use crate::record::{AgentSetup, IterationRecord, RunRecord, TestRecord, Warning};

/// Warns of each test whose kept iterations are of another agent than the new ones: its rate is that of both.
pub(super) fn mixed_agents(run: &RunRecord) -> impl Iterator<Item = Warning> + '_ {
    run.tests.iter().filter_map(|test| {
        let what = mixed(run, test)?;
        let name = match &test.identity.case {
            Some(case) => format!("{}::{case}", test.identity.path),
            None => test.identity.path.clone(),
        };
        let message = format!("{name}: the kept iterations are of another agent than the new ones: {what}");
        Some(Warning { code: "resumed_with_another_agent".to_owned(), message })
    })
}

fn mixed(run: &RunRecord, test: &TestRecord) -> Option<String> {
    let (kept, new): (Vec<&IterationRecord>, Vec<_>) =
        test.counted().filter(|record| !record.agents.is_empty()).partition(|record| record.kept_from.is_some());
    let labels = |records: &[&IterationRecord]| -> BTreeSet<String> {
        records.iter().flat_map(|record| record.agents.iter().cloned()).collect()
    };
    let (before, now) = (labels(&kept), labels(&new));
    if before.is_empty() || now.is_empty() {
        return None;
    }
    if before.is_disjoint(&now) {
        let [before, now] = [before, now].map(|names| names.into_iter().collect::<Vec<_>>().join(" + "));
        return Some(format!("{before}, not {now}"));
    }
    let setups = |records: &[&IterationRecord]| -> Vec<&AgentSetup> {
        let used = |setup: &&AgentSetup| records.iter().any(|record| record.setups.contains(&setup.id));
        run.setups.iter().filter(used).collect()
    };
    let (before, now) = (setups(&kept), setups(&new));
    let other = now.iter().find(|setup| !before.iter().any(|known| known.is_same_agent(setup)))?;
    let nearest = before.iter().min_by_key(|known| known.differences(other).len())?;
    Some(format!("`{}` with other {}", other.agent, nearest.differences(other).join(", ")))
}
