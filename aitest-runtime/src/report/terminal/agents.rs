use super::super::compared::{finding, p_text, points, points_interval, whole_percent, would_tell};
use super::super::results::{Agent, Pair, Results};
use super::super::text::{columns, cut_end, cut_middle, interval_text, pad, pad_left};
use super::TerminalOptions;
use super::block::WIDTH;
use super::factors::factors;
use crate::record::Cost;

const MOST_AGENTS: usize = 6;
const INDENT: usize = 8;

/// The leaderboard: a line for each agent, and what the first two say about each other. Nothing for fewer than two.
pub(super) fn agents(results: &Results<'_>, options: &TerminalOptions) -> Vec<String> {
    let Some(comparison) = results.comparison.as_ref().filter(|_| results.agents.len() > 1) else { return Vec::new() };
    let recommended = comparison.recommended.as_ref().map(|found| found.agent.as_ref());
    let shown = &results.agents[..results.agents.len().min(MOST_AGENTS)];
    let cells: Vec<[String; 5]> = shown.iter().map(|agent| cells(agent, recommended, options)).collect();
    let widest = |column: usize| cells.iter().map(|cells| columns(&cells[column])).max().unwrap_or(0);
    let (rank, name, rate, cost) = (widest(0), widest(1).min(40), widest(2), widest(3));
    let mut lines: Vec<String> = cells
        .iter()
        .map(|[own_rank, own_name, own_rate, own_cost, marks]| {
            let own_name = pad(&options.mark_cut(cut_middle(own_name, name)), name);
            let (own_rate, own_cost) = (pad(own_rate, rate), pad_left(own_cost, cost));
            format!("{}  {own_name}  {own_rate}  {own_cost}  {marks}", pad(own_rank, rank)).trim_end().to_owned()
        })
        .collect();
    let hidden = results.agents.len() - shown.len();
    if hidden > 0 {
        lines.push(format!("{} {hidden} more agents", options.line("…")));
    }
    lines.extend(comparison.pairs.first().into_iter().flat_map(|pair| first_pair(results, pair)));
    lines.extend(comparison.factors.iter().flat_map(factors));
    let labelled = lines.iter().enumerate().map(|(place, line)| {
        let label = if place == 0 { "agents: " } else { "" };
        options.mark_cut(cut_end(&format!("{label:INDENT$}{}", options.line(line)), WIDTH))
    });
    labelled.collect()
}

/// Rank, name, rate, cost of an iteration, marks.
fn cells(agent: &Agent<'_>, recommended: Option<&str>, options: &TerminalOptions) -> [String; 5] {
    let rank = match agent.rank {
        None => "-".to_owned(),
        Some([first, last]) if first == last => format!("{first}."),
        Some([first, last]) => format!("{first}-{last}."),
    };
    let rate = agent.mean_pass_rate.map_or_else(|| "-".to_owned(), whole_percent);
    let interval = agent.ci.map(|ci| format!(" [{}%]", interval_text(ci, '-'))).unwrap_or_default();
    let cost = agent.mean_cost_pico_usd.map(|pico| format!("{} each", Cost::from_pico_usd(pico)));
    let marks = [
        (agent.below_gate, "below the gate"),
        (recommended == Some(agent.id.as_ref()), "recommended"),
        (agent.rank.is_none(), "other tests, not ranked"),
    ];
    let marks: Vec<&str> = marks.into_iter().filter_map(|(holds, mark)| holds.then_some(mark)).collect();
    [rank, options.line(&agent.name), format!("{rate}{interval}"), cost.unwrap_or_default(), marks.join(", ")]
}

/// What is known about the two on top.
fn first_pair(results: &Results<'_>, pair: &Pair<'_>) -> Vec<String> {
    let name = |id: &str| {
        let name = results.agents.iter().find(|agent| agent.id == id).map_or("", |agent| agent.name.as_ref());
        cut_middle(name, 24)
    };
    let mut line = finding(pair, &name(&pair.first), &name(&pair.second));
    if let (Some(difference), Some(p)) = (pair.difference, pair.p_corrected) {
        let interval = pair.ci.map(|ci| format!(" [{}]", points_interval(ci))).unwrap_or_default();
        line.push_str(&format!(": {} points{interval}, p {}", points(difference), p_text(p)));
    }
    let plan = would_tell(pair);
    std::iter::once(line).chain((!plan.is_empty()).then_some(plan)).collect()
}
