use std::collections::HashMap;

use super::agents::AgentTable;
use super::iterations::{CauseTable, Context};
use super::resumed::mixed_agents;
use super::run::{gate_of, run_of};
use super::setups::SetupTable;
use super::{Results, SCHEMA};
use crate::record::{RunRecord, TestRecord};

impl<'a> Results<'a> {
    /// What `run` says. Texts are borrowed from it, so that a run with many transcripts is held once.
    pub fn from_run(run: &'a RunRecord) -> Self {
        let pools = pools(run);
        let agents = AgentTable::of(&pools);
        let causes = CauseTable::of(run);
        let mut context = Context::new(&agents, &causes);
        let tests: Vec<_> = pools.iter().map(|pool| context.test(pool)).collect();
        let mut strings = context.into_strings();
        let (agents, comparison) = agents.into_ranking(gate_of(run), &mut SetupTable { run, strings: &mut strings });
        Results {
            schema: SCHEMA.into(),
            run: run_of(run, &tests),
            agents,
            comparison,
            baseline: None,
            strings: strings.into_texts(),
            tests,
            causes: causes.into_causes(),
            warnings: run.warnings.iter().cloned().chain(mixed_agents(run)).collect(),
        }
    }
}

/// The reruns of each test together, in the order of their numbers.
fn pools(run: &RunRecord) -> Vec<Vec<&TestRecord>> {
    let mut pools: Vec<Vec<&TestRecord>> = Vec::new();
    let mut index_of = HashMap::new();
    for test in &run.tests {
        let index = *index_of.entry(test.id).or_insert_with(|| {
            pools.push(Vec::new());
            pools.len() - 1
        });
        pools[index].push(test);
    }
    for pool in &mut pools {
        pool.sort_by_key(|test| test.rerun);
    }
    pools
}
