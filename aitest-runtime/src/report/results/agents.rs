use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use super::numbers::{ms, rounded};
use super::setups::SetupTable;
use super::{Agent, Charge, Counts};
use crate::record::{IterationRecord, Spend, TestRecord};
use crate::stats::{Row, TestSummary, pass_rate};

/// The agents of a run with what they did, and who ran in which iteration.
pub(super) struct AgentTable<'a> {
    index_of: HashMap<Cow<'a, str>, usize>,
    tallies: Vec<Tally<'a>>,
}

/// One agent's sums over its tests.
struct Tally<'a> {
    name: Cow<'a, str>,
    labels: Vec<Cow<'a, str>>,
    setups: Vec<&'a str>,
    tests: Vec<Cow<'a, str>>,
    rates: Vec<f64>,
    sum: TestSummary,
    spend: Spend,
}

impl<'a> AgentTable<'a> {
    pub(super) fn of(pools: &[Vec<&'a TestRecord>]) -> Self {
        let mut table = AgentTable { index_of: HashMap::new(), tallies: Vec::new() };
        for pool in pools {
            table.add_pool(pool);
        }
        table
    }

    /// The name of the agent of most of a test's iterations: the case's, else the first that ran.
    pub(super) fn name_of_test(pool: &[&'a TestRecord]) -> Option<Cow<'a, str>> {
        let case = pool.first().and_then(|test| test.identity.case.as_deref()).map(Cow::Borrowed);
        case.or_else(|| records(pool).find_map(|(record, _)| joined(record)))
    }

    /// The name of an iteration's own agent, where its test has no case.
    pub(super) fn name_of(test: &TestRecord, record: &'a IterationRecord) -> Option<Cow<'a, str>> {
        if test.identity.case.is_some() { None } else { joined(record) }
    }

    /// The id that the results give to the agent called `name`.
    pub(super) fn id(&self, name: &str) -> Option<Cow<'a, str>> {
        self.index_of.get(name).map(|index| id_text(*index).into())
    }

    fn add_pool(&mut self, pool: &[&'a TestRecord]) {
        let Some(test_agent) = Self::name_of_test(pool) else { return };
        let mut parts: Vec<(usize, TestSummary)> = Vec::new();
        let records = pool.iter().flat_map(|test| records(std::slice::from_ref(test)).map(move |item| (*test, item)));
        for (test, (record, counts)) in records {
            let name = Self::name_of(test, record).unwrap_or_else(|| test_agent.clone());
            let index = self.index(name);
            self.tallies[index].see(record);
            let position = parts.iter().position(|(agent, _)| *agent == index).unwrap_or_else(|| {
                parts.push((index, TestSummary::new(0)));
                parts.len() - 1
            });
            let summary = &mut parts[position].1;
            if counts {
                summary.planned += 1;
                summary.add(&Row::from(record));
            } else {
                summary.add_spent(&Row::from(record));
            }
        }
        for (index, summary) in parts {
            self.tallies[index].add(&pool[0].identity.path, &summary);
        }
    }

    fn index(&mut self, name: Cow<'a, str>) -> usize {
        if let Some(&index) = self.index_of.get(&name) {
            return index;
        }
        let index = self.tallies.len();
        self.index_of.insert(name.clone(), index);
        self.tallies.push(Tally {
            name,
            labels: Vec::new(),
            setups: Vec::new(),
            tests: Vec::new(),
            rates: Vec::new(),
            sum: TestSummary::new(0),
            spend: Spend::default(),
        });
        index
    }

    /// The agents, best first. Ids are given by first appearance, so that they do not depend on the ranking.
    pub(super) fn into_ranking(self, setups: &mut SetupTable<'a, '_>) -> Vec<Agent<'a>> {
        let mut agents: Vec<_> =
            self.tallies.into_iter().enumerate().map(|(index, tally)| tally.agent(index, setups)).collect();
        agents.sort_by(compare);
        agents
    }
}

impl<'a> Tally<'a> {
    fn see(&mut self, record: &'a IterationRecord) {
        for label in &record.agents {
            if !self.labels.iter().any(|known| known == label) {
                self.labels.push(Cow::Borrowed(label));
            }
        }
        for id in &record.setups {
            if !self.setups.contains(&id.as_str()) {
                self.setups.push(id);
            }
        }
    }

    fn add(&mut self, path: &'a str, part: &TestSummary) {
        if !self.tests.iter().any(|known| known == path) {
            self.tests.push(Cow::Borrowed(path));
        }
        self.rates.extend(pass_rate(part.passed, part.graded()));
        let sum = &mut self.sum;
        for (total, count) in [
            (&mut sum.planned, part.planned),
            (&mut sum.passed, part.passed),
            (&mut sum.failed, part.failed),
            (&mut sum.timed_out, part.timed_out),
            (&mut sum.errored, part.errored),
            (&mut sum.skipped, part.skipped),
            (&mut sum.interrupted, part.interrupted),
            (&mut sum.duration_us, part.duration_us),
        ] {
            *total = total.saturating_add(count);
        }
        self.spend += part.agent;
    }

    fn agent(self, index: usize, setups: &mut SetupTable<'a, '_>) -> Agent<'a> {
        let count = self.rates.len() as f64;
        Agent {
            id: id_text(index).into(),
            name: self.name,
            labels: self.labels,
            setups: setups.of(&self.setups),
            tests: self.tests,
            mean_pass_rate: (count > 0.0).then(|| rounded(self.rates.iter().sum::<f64>() / count)),
            counts: Counts::from(&self.sum),
            duration_ms: ms(self.sum.duration_us),
            spend: Charge::from(self.spend),
        }
    }
}

fn id_text(index: usize) -> String {
    format!("a{}", index + 1)
}

/// Every record of a test, and whether it counts.
fn records<'a>(pool: &[&'a TestRecord]) -> impl Iterator<Item = (&'a IterationRecord, bool)> {
    pool.iter().flat_map(|test| {
        let counted = test.counted().map(|record| (record, true));
        counted.chain(test.earlier.iter().map(|record| (record, false)))
    })
}

fn joined(record: &IterationRecord) -> Option<Cow<'_, str>> {
    match record.agents.as_slice() {
        [] => None,
        [label] => Some(Cow::Borrowed(label)),
        labels => Some(Cow::Owned(labels.join(" + "))),
    }
}

/// By mean pass rate, the unknown last, then by cost, then by name.
fn compare(a: &Agent<'_>, b: &Agent<'_>) -> Ordering {
    let rate = |agent: &Agent<'_>| agent.mean_pass_rate.unwrap_or(-1.0);
    let cost = |agent: &Agent<'_>| agent.spend.cost_pico_usd.filter(|_| agent.spend.unpriced == 0).unwrap_or(u64::MAX);
    rate(b).total_cmp(&rate(a)).then(cost(a).cmp(&cost(b))).then_with(|| a.name.cmp(&b.name))
}
