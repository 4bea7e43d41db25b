use std::collections::BTreeSet;

use super::super::agents::id_text;
use super::super::numbers::rounded;
use super::super::run::CONFIDENCE;
use super::super::wire_factors::{Factor, Factors, Interaction, Level, LevelPair};
use super::levels::Levels;
use super::{Cells, LEVELS, Standing};
use crate::stats::{clustered_rate, holm, paired_difference, sign_flip};

/// Draws of signs are the same in every report of the same numbers.
const SEED: u64 = 1;

/// What differs among the ranked agents, and what each difference is worth where the agents cross them. `None` when
/// nothing is known to differ.
pub(super) fn factors(agents: &[Cells], standings: &[Standing], levels: &[Levels]) -> Option<Factors> {
    let ranked: Vec<usize> = standings.iter().filter(|one| one.rank.is_some()).map(|one| one.agent).collect();
    let names: BTreeSet<&String> = ranked.iter().flat_map(|agent| levels[*agent].keys()).collect();
    let design = Design { agents, levels, ranked: &ranked };
    let varying: Vec<&str> =
        names.into_iter().map(String::as_str).filter(|name| design.values(name).len() > 1).collect();
    if varying.is_empty() {
        return None;
    }
    let crossed = varying.len() > 1 && design.is_crossed(&varying);
    let mut factors: Vec<Factor> = varying.iter().map(|name| design.factor(name, crossed)).collect();
    correct(&mut factors);
    let interactions = if crossed { design.interactions(&varying) } else { Vec::new() };
    Some(Factors { crossed, factors, interactions })
}

/// The agents with the same tests, by what they are made of.
struct Design<'d> {
    agents: &'d [Cells],
    levels: &'d [Levels],
    ranked: &'d [usize],
}

impl Design<'_> {
    fn level(&self, agent: usize, factor: &str) -> &str {
        self.levels[agent].get(factor).map_or("", String::as_str)
    }

    fn values(&self, factor: &str) -> BTreeSet<&str> {
        self.ranked.iter().map(|&agent| self.level(agent, factor)).collect()
    }

    /// Whether every combination of levels is one agent's.
    fn is_crossed(&self, factors: &[&str]) -> bool {
        let combinations: BTreeSet<Vec<&str>> =
            self.ranked.iter().map(|&agent| factors.iter().map(|factor| self.level(agent, factor)).collect()).collect();
        let all: usize = factors.iter().map(|factor| self.values(factor).len()).product();
        combinations.len() == all && self.ranked.len() == all
    }

    /// The rate of each test, the mean over the agents that `is_in` picks.
    fn rates(&self, is_in: impl Fn(usize) -> bool) -> Vec<f64> {
        let rates: Vec<Vec<f64>> =
            self.ranked.iter().filter(|agent| is_in(**agent)).map(|&agent| self.agents[agent].rates()).collect();
        let count = rates.len() as f64;
        let tests = rates.first().map_or(0, Vec::len);
        // Sums of rates from 0 to 1 may be off by their last digit.
        (0..tests).map(|test| (rates.iter().map(|rates| rates[test]).sum::<f64>() / count).clamp(0.0, 1.0)).collect()
    }

    fn factor(&self, name: &str, crossed: bool) -> Factor {
        let values: Vec<&str> = self.values(name).into_iter().collect();
        let of = |value: &str| self.rates(|agent| self.level(agent, name) == value);
        let mut pairs = Vec::new();
        for (place, first) in values.iter().enumerate().filter(|_| crossed) {
            pairs.extend(values[place + 1..].iter().map(|second| level_pair([first, second], [of(first), of(second)])));
        }
        let level = |value: &&str| {
            let rates = of(value);
            let rate = crossed.then(|| rates.iter().sum::<f64>() / rates.len() as f64);
            let estimate = clustered_rate(&rates, CONFIDENCE).ok().filter(|rate| crossed && rate.standard_error > 0.0);
            Level {
                name: (*value).to_owned(),
                agents: self
                    .ranked
                    .iter()
                    .filter(|agent| self.level(**agent, name) == *value)
                    .map(|agent| id_text(*agent))
                    .collect(),
                rate: rate.map(rounded),
                ci: estimate.map(|rate| [rate.interval.lower, rate.interval.upper].map(rounded)),
            }
        };
        Factor { name: name.to_owned(), levels: values.iter().map(level).collect(), pairs }
    }

    /// For every two factors and two levels of each: whether the one's difference depends on the other.
    fn interactions(&self, factors: &[&str]) -> Vec<Interaction> {
        let mut found = Vec::new();
        for (place, one) in factors.iter().enumerate() {
            for other in &factors[place + 1..] {
                for ones in two_of(&self.values(one)) {
                    for others in two_of(&self.values(other)) {
                        found.push(([*one, *other], [ones, others]));
                    }
                }
            }
        }
        // All of them together are wrong in at most 5 % of runs, after Bonferroni.
        let confidence = 1.0 - (1.0 - CONFIDENCE) / found.len().max(1) as f64;
        found.into_iter().filter_map(|(factors, levels)| self.interaction(factors, levels, confidence)).collect()
    }

    fn interaction(&self, factors: [&str; 2], levels: [[&str; 2]; 2], confidence: f64) -> Option<Interaction> {
        let cell = |one: usize, other: usize| {
            let is_in = |agent: usize| {
                self.level(agent, factors[0]) == levels[0][one] && self.level(agent, factors[1]) == levels[1][other]
            };
            self.rates(is_in)
        };
        let mean = |a: Vec<f64>, b: Vec<f64>| a.iter().zip(&b).map(|(a, b)| f64::midpoint(*a, *b)).collect::<Vec<_>>();
        // Half of (r₂₂ − r₁₂) − (r₂₁ − r₁₁) is the difference of two means of rates.
        let (crosswise, alike) = (mean(cell(0, 1), cell(1, 0)), mean(cell(0, 0), cell(1, 1)));
        let half = paired_difference(&crosswise, &alike, confidence).ok().filter(|half| half.standard_error > 0.0)?;
        let ci = [2.0 * half.interval.lower, 2.0 * half.interval.upper];
        Some(Interaction {
            factors: factors.map(str::to_owned),
            levels: levels.map(|levels| levels.map(str::to_owned)),
            difference: rounded(2.0 * half.mean),
            ci: ci.map(rounded),
            is_shown: ci[0] > 0.0 || ci[1] < 0.0,
        })
    }
}

fn two_of<'v>(values: &BTreeSet<&'v str>) -> Vec<[&'v str; 2]> {
    let values: Vec<&str> = values.iter().copied().collect();
    let pairs = values
        .iter()
        .enumerate()
        .flat_map(|(place, first)| values[place + 1..].iter().map(move |second| [*first, *second]));
    pairs.collect()
}

fn level_pair([first, second]: [&&str; 2], [a, b]: [Vec<f64>; 2]) -> LevelPair {
    let differences: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
    let estimate = paired_difference(&b, &a, CONFIDENCE).ok();
    let interval = estimate.filter(|estimate| estimate.standard_error > 0.0).map(|estimate| estimate.interval);
    LevelPair {
        first: (*first).to_string(),
        second: (*second).to_string(),
        difference: rounded(differences.iter().sum::<f64>() / differences.len().max(1) as f64),
        ci: interval.map(|interval| [interval.lower, interval.upper].map(rounded)),
        p: sign_flip(&differences, SEED).ok().map(rounded),
        p_corrected: None,
        is_shown: false,
    }
}

/// Corrects after Holm over the pairs of all factors.
fn correct(factors: &mut [Factor]) {
    let known: Vec<f64> = factors.iter().flat_map(|factor| &factor.pairs).filter_map(|pair| pair.p).collect();
    let mut corrected = holm(&known).unwrap_or_default().into_iter();
    for pair in factors.iter_mut().flat_map(|factor| &mut factor.pairs).filter(|pair| pair.p.is_some()) {
        pair.p_corrected = corrected.next().map(rounded);
        pair.is_shown = pair.p_corrected.is_some_and(|p| p < LEVELS.alpha);
    }
}
