//! Agents over the same tests: who passes more, by how much, how sure, and what would tell.

mod cells;
mod factors;
mod levels;
mod pair;
mod planning;
mod ranking;
mod recommend;

pub(super) use cells::{Cell, Cells};
pub(super) use levels::{Levels, levels};
pub(super) use ranking::{Standing, mean_cost, standings};

use super::agents::id_text;
use super::wire_comparison::{Comparison, Pair};
use crate::stats::{self, holm};

/// The level of all comparisons of agents, and the chance that what they plan shows a difference that is there.
const LEVELS: stats::Levels = stats::Levels { alpha: 0.05, power: 0.8 };

/// Every two agents over the tests that both ran, in the order of the ranking. `None` for fewer than two agents.
pub(super) fn comparison<'a>(
    agents: &[Cells],
    standings: &[Standing],
    significance: &Significance,
    levels: &[Levels],
) -> Option<Comparison<'a>> {
    if agents.len() < 2 {
        return None;
    }
    let pairs = pairs(agents, standings, significance);
    let recommended = recommend::recommended(agents, standings, &pairs);
    Some(Comparison {
        confidence: super::run::CONFIDENCE,
        alpha: LEVELS.alpha,
        power: LEVELS.power,
        correction: "holm".into(),
        pairs,
        recommended,
        factors: factors::factors(agents, standings, levels),
    })
}

fn pairs<'a>(agents: &[Cells], standings: &[Standing], significance: &Significance) -> Vec<Pair<'a>> {
    let order: Vec<usize> = standings.iter().map(|standing| standing.agent).collect();
    let mut pairs = Vec::new();
    for (place, &first) in order.iter().enumerate() {
        for &second in &order[place + 1..] {
            let seen = significance.between(first, second);
            pairs.push(pair::pair([first, second].map(|agent| (id_text(agent), &agents[agent])), seen));
        }
    }
    pairs
}

/// The p-values of all pairs of agents.
pub(super) struct Significance {
    agents: usize,
    tested: Vec<Tested>,
}

/// One pair's test.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tested {
    /// How p was found; `None` without a common test.
    pub(super) method: Option<&'static str>,
    /// Two-sided.
    pub(super) p: Option<f64>,
    /// After Holm, over all pairs.
    pub(super) corrected: Option<f64>,
    /// How many pairs there are.
    pub(super) pairs: usize,
}

impl Tested {
    fn is_significant(self) -> bool {
        self.corrected.is_some_and(|p| p < LEVELS.alpha)
    }
}

impl Significance {
    pub(super) fn of(agents: &[Cells]) -> Self {
        let places = (0..agents.len()).flat_map(|a| (a + 1..agents.len()).map(move |b| (a, b)));
        let places: Vec<(usize, usize)> = places.collect();
        let mut tested: Vec<Tested> =
            places.iter().map(|&(a, b)| pair::test(&agents[a], &agents[b], places.len())).collect();
        let known: Vec<f64> = tested.iter().filter_map(|test| test.p).collect();
        // All are from [0, 1]: they come from the exact tests.
        let mut corrected = holm(&known).unwrap_or_default().into_iter();
        for test in tested.iter_mut().filter(|test| test.p.is_some()) {
            test.corrected = corrected.next();
        }
        Significance { agents: agents.len(), tested }
    }

    pub(super) fn between(&self, a: usize, b: usize) -> Tested {
        let (low, high) = (a.min(b), a.max(b));
        // Pairs stand in the order (0, 1), (0, 2), …, (1, 2), …
        let before = low * self.agents - low * (low + 1) / 2;
        self.tested[before + high - low - 1]
    }
}
