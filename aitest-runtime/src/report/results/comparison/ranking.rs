use std::cmp::Ordering;

use super::{Cells, Significance};
use crate::record::Percent;

/// Where one agent stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Standing {
    /// Its place in the table of agents.
    pub(in super::super) agent: usize,
    /// First and last rank that it shares with those it cannot be told from; `None` beside agents with other tests.
    pub(in super::super) rank: Option<(usize, usize)>,
    /// Whether its pass rate is below the run's gate.
    pub(in super::super) below_gate: bool,
    /// Whether no other passes as much for less, or more for as much.
    pub(in super::super) pareto: bool,
}

/// The agents in the order of the leaderboard: those with the same tests by rank, those below the run's gate after
/// them, then those with other tests.
pub(in super::super) fn standings(
    agents: &[Cells],
    names: &[&str],
    gate: Option<Percent>,
    significance: &Significance,
) -> Vec<Standing> {
    let compared = compared(agents);
    let below = |agent: &usize| gate.is_some_and(|gate| is_below(&agents[*agent], gate));
    let order = |a: &usize, b: &usize| compare(&agents[*a], &agents[*b]).then_with(|| names[*a].cmp(names[*b]));
    let mut standings: Vec<Standing> = Vec::new();
    for is_below_gate in [false, true] {
        let mut rest: Vec<usize> = compared.iter().copied().filter(|agent| below(agent) == is_below_gate).collect();
        rest.sort_by(order);
        while let Some(&leader) = rest.first() {
            let told = |agent: &usize| *agent != leader && significance.between(leader, *agent).is_significant();
            let (others, shared): (Vec<usize>, Vec<usize>) = rest.into_iter().partition(told);
            let rank = Some((standings.len() + 1, standings.len() + shared.len()));
            standings.extend(shared.iter().map(|&agent| Standing {
                agent,
                rank,
                below_gate: is_below_gate,
                pareto: is_on_front(agents, &compared, agent),
            }));
            rest = others;
        }
    }
    let mut others: Vec<usize> = (0..agents.len()).filter(|agent| !compared.contains(agent)).collect();
    others.sort_by(|a, b| below(a).cmp(&below(b)).then_with(|| order(a, b)));
    let alone = |agent: usize| Standing { agent, rank: None, below_gate: below(&agent), pareto: false };
    standings.extend(others.into_iter().map(alone));
    standings
}

/// The agents with the same tests that are most: of several such groups the one with more tests, then the first. Empty
/// when no two have the same.
fn compared(agents: &[Cells]) -> Vec<usize> {
    let mut best: Vec<usize> = Vec::new();
    for cells in agents.iter().filter(|cells| cells.len() > 0) {
        let same: Vec<usize> = (0..agents.len()).filter(|&other| agents[other].same_tests(cells)).collect();
        let weight = |group: &[usize]| (group.len(), group.first().map_or(0, |&agent| agents[agent].len()));
        if same.len() > 1 && weight(&same) > weight(&best) {
            best = same;
        }
    }
    best
}

/// As the run's gate judges: passed of graded iterations, exactly.
fn is_below(cells: &Cells, gate: Percent) -> bool {
    cells.graded() > 0 && cells.passed() < gate.of(cells.graded())
}

/// By mean rate, the unknown last, then by what an iteration costs, the unknown last.
fn compare(a: &Cells, b: &Cells) -> Ordering {
    let rate = |cells: &Cells| cells.mean_rate().unwrap_or(-1.0);
    let cost = |cells: &Cells| mean_cost(cells).unwrap_or(f64::INFINITY);
    rate(b).total_cmp(&rate(a)).then(cost(a).total_cmp(&cost(b)))
}

/// The mean over tests of what an iteration costs, so that agents with unequal numbers of iterations compare.
pub(in super::super) fn mean_cost(cells: &Cells) -> Option<f64> {
    let costs: Option<Vec<f64>> = cells.iter().map(super::Cell::cost).collect();
    costs.filter(|costs| !costs.is_empty()).map(|costs| costs.iter().sum::<f64>() / costs.len() as f64)
}

/// Whether no other of the `compared` agents is at least as good in rate and cost, and better in one.
fn is_on_front(agents: &[Cells], compared: &[usize], agent: usize) -> bool {
    let point = |agent: usize| Some((agents[agent].mean_rate()?, mean_cost(&agents[agent])?));
    let Some((rate, cost)) = point(agent) else { return false };
    let beats = |(other_rate, other_cost): (f64, f64)| {
        other_rate >= rate && other_cost <= cost && (other_rate > rate || other_cost < cost)
    };
    !compared.iter().filter(|other| **other != agent).filter_map(|&other| point(other)).any(beats)
}
