use std::borrow::Cow;
use std::collections::HashMap;

use super::comparison::{Cells, Levels, Significance, Standing, comparison, levels, mean_cost, standings};
use super::numbers::{ms, rounded};
use super::run::CONFIDENCE;
use super::setups::SetupTable;
use super::{Agent, Charge, Comparison, Counts};
use crate::record::{IterationRecord, Percent, Spend, TestIdentity, TestRecord};
use crate::stats::{Interval, Row, TestSummary, clustered_rate, wilson_interval};

/// The agents of a run with what they did, and who ran in which iteration.
pub(super) struct AgentTable<'a> {
    index_of: HashMap<Cow<'a, str>, usize>,
    tallies: Vec<Tally<'a>>,
    /// Tests by package, target and path: what comparisons pair by.
    tests: HashMap<[&'a str; 3], usize>,
}

/// One agent's sums over its tests.
struct Tally<'a> {
    name: Cow<'a, str>,
    labels: Vec<Cow<'a, str>>,
    setups: Vec<&'a str>,
    tests: Vec<Cow<'a, str>>,
    cells: Cells,
    sum: TestSummary,
    spend: Spend,
}

impl<'a> AgentTable<'a> {
    pub(super) fn of(pools: &[Vec<&'a TestRecord>]) -> Self {
        let mut table = AgentTable { index_of: HashMap::new(), tallies: Vec::new(), tests: HashMap::new() };
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
        let place = self.place(&pool[0].identity);
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
                self.tallies[index].cells.add(place, record);
            } else {
                summary.add_spent(&Row::from(record));
            }
        }
        for (index, summary) in parts {
            self.tallies[index].add(&pool[0].identity.path, &summary);
        }
    }

    fn place(&mut self, test: &'a TestIdentity) -> usize {
        let next = self.tests.len();
        *self.tests.entry([&test.package, &test.target, &test.path]).or_insert(next)
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
            cells: Cells::default(),
            sum: TestSummary::new(0),
            spend: Spend::default(),
        });
        index
    }

    /// The agents in the order of the leaderboard, and each beside the others. Ids are given by first appearance, so
    /// that they do not depend on the ranking. `gate` is the run's.
    pub(super) fn into_ranking(
        self,
        gate: Option<Percent>,
        setups: &mut SetupTable<'a, '_>,
    ) -> (Vec<Agent<'a>>, Option<Comparison<'a>>) {
        let cells: Vec<Cells> = self.tallies.iter().map(|tally| tally.cells.clone()).collect();
        let names: Vec<&str> = self.tallies.iter().map(|tally| tally.name.as_ref()).collect();
        let significance = Significance::of(&cells);
        let standings = standings(&cells, &names, gate, &significance);
        let records: Vec<_> = self.tallies.iter().map(|tally| setups.records(&tally.setups)).collect();
        let mut levels = levels(&records);
        let comparison = comparison(&cells, &standings, &significance, &levels);
        let mut tallies: Vec<Option<Tally<'a>>> = self.tallies.into_iter().map(Some).collect();
        let ranked = standings.iter().filter_map(|standing| {
            let tally = tallies[standing.agent].take()?;
            let factors = std::mem::take(&mut levels[standing.agent]);
            Some(Agent { factors, ..tally.agent(standing, setups) })
        });
        (ranked.collect(), comparison)
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

    fn agent(self, standing: &Standing, setups: &mut SetupTable<'a, '_>) -> Agent<'a> {
        let cells = &self.cells;
        let interval = rate_interval(cells);
        let cost = |iterations: u64| {
            let cost = cells.cost().filter(|_| iterations > 0)?;
            Some(cost.pico_usd() / iterations)
        };
        Agent {
            id: id_text(standing.agent).into(),
            rank: standing.rank.map(|(first, last)| [first as u64, last as u64]),
            below_gate: standing.below_gate,
            pareto: standing.pareto,
            mean_pass_rate: cells.mean_rate().map(rounded),
            ci: interval.map(|(interval, _)| [interval.lower, interval.upper].map(rounded)),
            ci_method: interval.map(|(_, method)| method.into()),
            flaky: cells.flaky(),
            mean_cost_pico_usd: mean_cost(cells).map(|cost| cost.round() as u64),
            cost_per_pass_pico_usd: cost(cells.passed()),
            name: self.name,
            labels: self.labels,
            setups: setups.of(&self.setups),
            factors: Levels::new(),
            tests: self.tests,
            counts: Counts::from(&self.sum),
            duration_ms: ms(self.sum.duration_us),
            spend: Charge::from(self.spend),
        }
    }
}

/// The interval of an agent's rate, and how it is made: clustered by test, with one test Wilson's. `None` when all tests
/// have the same rate, which does not tell how much tests vary.
fn rate_interval(cells: &Cells) -> Option<(Interval, &'static str)> {
    let rates = cells.rates();
    if rates.len() == 1 {
        return Some((wilson_interval(cells.passed(), cells.graded(), CONFIDENCE).ok()?, "wilson"));
    }
    let rate = clustered_rate(&rates, CONFIDENCE).ok().filter(|rate| rate.standard_error > 0.0)?;
    Some((rate.interval, "clustered"))
}

pub(super) fn id_text(index: usize) -> String {
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
