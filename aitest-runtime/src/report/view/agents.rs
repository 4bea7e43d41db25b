use super::super::compared::{finding, p_text, points, points_interval, ratio_of, would_tell};
use super::super::results::{Agent, Pair, RecommendedFor, Results};
use super::super::text::{duration_text, grouped, interval_text, percent_of};
use super::factors::{self, FactorTable};
use super::numbers::{cost_text, count_text, not_counted};
use super::scatter::Scatter;
use super::shown::Shown;
use crate::record::Cost;

/// Pairs that the page shows; the results hold all.
const MOST_PAIRS: usize = 15;

/// Which agent does best.
pub(crate) struct Leaderboard<'r> {
    pub(crate) rows: Vec<AgentRow<'r>>,
    pub(crate) scatter: Option<Scatter<'r>>,
    /// What differs among the agents, each a column.
    pub(crate) columns: Vec<Shown<'r>>,
    pub(crate) factors: Option<FactorTable<'r>>,
    pub(crate) pairs: Vec<PairRow<'r>>,
    /// How many pairs are left out.
    pub(crate) more_pairs: Option<String>,
    /// Which one to take, where the numbers say so.
    pub(crate) recommended: Option<Shown<'r>>,
    /// How the ranks are made, or why there are none.
    pub(crate) note: String,
}

/// One agent over all its tests.
pub(crate) struct AgentRow<'r> {
    pub(crate) anchor: String,
    pub(crate) rank: String,
    pub(crate) name: Shown<'r>,
    /// The models behind the name, where the name does not say them.
    pub(crate) labels: Shown<'r>,
    /// Below the gate, on the Pareto front.
    pub(crate) marks: Vec<(&'static str, &'static str)>,
    /// What it is in each of the columns.
    pub(crate) levels: Vec<Shown<'r>>,
    pub(crate) mean_rate: String,
    pub(crate) interval: String,
    pub(crate) iterations: String,
    pub(crate) not_counted: String,
    pub(crate) tests: String,
    pub(crate) duration: String,
    pub(crate) tokens: String,
    pub(crate) cost: String,
    pub(crate) cost_each: String,
    pub(crate) cost_per_pass: String,
}

/// Two agents over the tests that both ran.
pub(crate) struct PairRow<'r> {
    pub(crate) finding: Shown<'r>,
    pub(crate) difference: String,
    pub(crate) interval: String,
    pub(crate) p: String,
    /// How p was found.
    pub(crate) method: Shown<'r>,
    pub(crate) tests: String,
    pub(crate) cost: String,
    pub(crate) duration: String,
    pub(crate) would_tell: String,
}

impl<'r> Leaderboard<'r> {
    /// `None` for fewer than two agents.
    pub(super) fn of(results: &'r Results<'r>) -> Option<Self> {
        let agents = &results.agents;
        if agents.len() < 2 {
            return None;
        }
        let columns = factors::columns(results);
        let pairs = results.comparison.as_ref().map_or(&[][..], |comparison| &comparison.pairs);
        let left_out = pairs.len().saturating_sub(MOST_PAIRS);
        Some(Leaderboard {
            rows: agents.iter().map(|agent| row(agent, &columns)).collect(),
            columns: columns.iter().map(|name| Shown::from(*name)).collect(),
            factors: FactorTable::of(results),
            scatter: Scatter::of(results),
            pairs: pairs.iter().take(MOST_PAIRS).map(|pair| pair_row(results, pair)).collect(),
            more_pairs: (left_out > 0).then(|| format!("{} more pairs are in the results.", grouped(left_out as u64))),
            recommended: recommended(results).map(Shown::from),
            note: note(agents),
        })
    }
}

fn note(agents: &[Agent<'_>]) -> String {
    let ranked = agents.iter().filter(|agent| agent.rank.is_some()).count();
    let order = "Ordered by the mean of the tests' pass rates, each test counting the same, then by cost. Agents whose \
                 difference may be chance share their ranks.";
    match ranked {
        0 => "These agents ran different tests: their means are not comparable, so they have no ranks.".to_owned(),
        ranked if ranked < agents.len() => {
            format!("{order} Agents without a rank ran other tests: their means are not comparable.")
        }
        _ => order.to_owned(),
    }
}

fn recommended(results: &Results<'_>) -> Option<String> {
    let found = results.comparison.as_ref()?.recommended.as_ref()?;
    let name = name(results, &found.agent);
    Some(match (found.reason.known()?, found.unseen_difference) {
        (RecommendedFor::HigherRate, _) => format!("Take {name}: it passes more often than every other."),
        (RecommendedFor::LowerCost, Some(unseen)) => format!(
            "Take {name}: none of its rank is shown to be better, and it costs least. A difference below {} points \
             would not show.",
            points(unseen)
        ),
        (RecommendedFor::LowerCost, None) => {
            format!("Take {name}: none of its rank is shown to be better, and it costs least.")
        }
    })
}

fn name<'n>(results: &'n Results<'_>, id: &'n str) -> &'n str {
    results.agents.iter().find(|agent| agent.id == id).map_or(id, |agent| agent.name.as_ref())
}

fn row<'r>(agent: &'r Agent<'r>, columns: &[&str]) -> AgentRow<'r> {
    let labels = agent.labels.iter().filter(|label| **label != agent.name).map(AsRef::as_ref);
    let marks = [
        (agent.below_gate, ("fail", "below the run's gate")),
        (agent.pareto, ("pareto", "no other is better and cheaper")),
    ];
    let cost = |pico: Option<u64>| pico.map_or_else(|| "—".to_owned(), |pico| Cost::from_pico_usd(pico).to_string());
    AgentRow {
        anchor: agent.id.to_string(),
        rank: rank_text(agent),
        name: Shown::from(agent.name.as_ref()),
        labels: Shown::from(labels.collect::<Vec<_>>().join(", ")),
        marks: marks.into_iter().filter_map(|(holds, mark)| holds.then_some(mark)).collect(),
        levels: columns.iter().map(|name| Shown::from(agent.factors.get(*name).map_or("—", String::as_str))).collect(),
        mean_rate: agent.mean_pass_rate.map_or_else(|| "—".to_owned(), |rate| format!("{} %", percent_of(rate))),
        interval: agent.ci.map(|ci| interval_text(ci, '–')).unwrap_or_default(),
        iterations: format!("{}/{}", grouped(agent.counts.passed), grouped(agent.counts.n)),
        not_counted: not_counted(&agent.counts),
        tests: match agent.flaky {
            0 => grouped(agent.tests.len() as u64),
            flaky => format!("{}, {} flaky", grouped(agent.tests.len() as u64), grouped(flaky)),
        },
        duration: duration_text(agent.duration_ms),
        tokens: count_text(agent.spend.tokens()),
        cost: cost_text(&agent.spend),
        cost_each: cost(agent.mean_cost_pico_usd),
        cost_per_pass: cost(agent.cost_per_pass_pico_usd),
    }
}

/// `1`, `1–3`, `–`
fn rank_text(agent: &Agent<'_>) -> String {
    match agent.rank {
        None => "–".to_owned(),
        Some([first, last]) if first == last => first.to_string(),
        Some([first, last]) => format!("{first}–{last}"),
    }
}

fn pair_row<'r>(results: &'r Results<'r>, pair: &'r Pair<'r>) -> PairRow<'r> {
    let unknown = || "—".to_owned();
    PairRow {
        finding: finding(pair, name(results, &pair.first), name(results, &pair.second)).into(),
        difference: pair.difference.map_or_else(unknown, |difference| format!("{} pp", points(difference))),
        interval: pair.ci.map(points_interval).unwrap_or_default(),
        p: pair.p_corrected.map_or_else(unknown, p_text),
        method: pair.method.as_deref().map_or("", method_words).to_owned().into(),
        tests: grouped(pair.tests),
        cost: ratio_of(pair.cost_ratio, "", pair.tests).unwrap_or_else(unknown),
        duration: ratio_of(pair.duration_ratio, "", pair.tests).unwrap_or_else(unknown),
        would_tell: would_tell(pair),
    }
}

fn method_words(method: &str) -> &str {
    match method {
        "mcnemar" => "McNemar's test",
        "sign_flip" => "sign flips of the tests' differences",
        "within_test_permutation" => "permutation within these tests",
        other => other,
    }
}
