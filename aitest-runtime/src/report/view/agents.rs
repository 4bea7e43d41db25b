use super::super::results::{Agent, Results};
use super::super::text::{duration_text, grouped, percent_of};
use super::numbers::{cost_text, count_text, not_counted};
use super::shown::Shown;

/// Which agent does best.
pub(crate) struct Leaderboard<'r> {
    pub(crate) rows: Vec<AgentRow<'r>>,
    /// Why the order says little, where it does.
    pub(crate) note: Option<&'static str>,
}

/// One agent over all its tests.
pub(crate) struct AgentRow<'r> {
    pub(crate) anchor: String,
    pub(crate) rank: String,
    pub(crate) name: Shown<'r>,
    /// The models behind the name, where the name does not say them.
    pub(crate) labels: Shown<'r>,
    pub(crate) mean_rate: String,
    pub(crate) iterations: String,
    pub(crate) not_counted: String,
    pub(crate) tests: String,
    pub(crate) duration: String,
    pub(crate) tokens: String,
    pub(crate) cost: String,
}

impl<'r> Leaderboard<'r> {
    /// `None` for fewer than two agents.
    pub(super) fn of(results: &'r Results<'r>) -> Option<Self> {
        let agents = &results.agents;
        if agents.len() < 2 {
            return None;
        }
        let comparable = agents.iter().all(|agent| same_tests(agent, &agents[0]));
        Some(Leaderboard {
            rows: agents.iter().enumerate().map(|(index, agent)| row(index, agent, comparable)).collect(),
            note: (!comparable)
                .then_some("These agents ran different tests: their means are not comparable, so they have no ranks."),
        })
    }
}

fn same_tests(a: &Agent<'_>, b: &Agent<'_>) -> bool {
    a.tests.len() == b.tests.len() && a.tests.iter().all(|path| b.tests.contains(path))
}

fn row<'r>(index: usize, agent: &'r Agent<'r>, comparable: bool) -> AgentRow<'r> {
    let labels = agent.labels.iter().filter(|label| **label != agent.name).map(AsRef::as_ref);
    AgentRow {
        anchor: agent.id.to_string(),
        rank: if comparable { (index + 1).to_string() } else { "–".to_owned() },
        name: Shown::from(agent.name.as_ref()),
        labels: Shown::from(labels.collect::<Vec<_>>().join(", ")),
        mean_rate: agent.mean_pass_rate.map_or_else(|| "—".to_owned(), |rate| format!("{} %", percent_of(rate))),
        iterations: format!("{}/{}", grouped(agent.counts.passed), grouped(agent.counts.n)),
        not_counted: not_counted(&agent.counts),
        tests: grouped(agent.tests.len() as u64),
        duration: duration_text(agent.duration_ms),
        tokens: count_text(agent.spend.tokens()),
        cost: cost_text(&agent.spend),
    }
}
