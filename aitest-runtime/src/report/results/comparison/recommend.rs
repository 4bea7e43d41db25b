use super::super::agents::id_text;
use super::super::wire_comparison::{Pair, PairResult, Recommendation, RecommendedFor};
use super::ranking::mean_cost;
use super::{Cells, Standing};

/// The agent that the numbers speak for: of those that share the first rank the cheapest. `None` when nothing ranks
/// them, when costs are unknown, or when the first is below the run's gate or never passed.
pub(super) fn recommended<'a>(
    agents: &[Cells],
    standings: &[Standing],
    pairs: &[Pair<'a>],
) -> Option<Recommendation<'a>> {
    let rank = standings.first()?.rank?;
    let first: Vec<&Standing> = standings.iter().take_while(|standing| standing.rank == Some(rank)).collect();
    let passes = |standing: &&Standing| agents[standing.agent].passed() > 0;
    if first.iter().any(|standing| standing.below_gate) || !first.iter().any(passes) {
        return None;
    }
    if let [only] = first.as_slice() {
        let agent = id_text(only.agent).into();
        return Some(Recommendation { agent, reason: RecommendedFor::HigherRate.into(), unseen_difference: None });
    }
    let costs: Option<Vec<(f64, usize)>> =
        first.iter().map(|standing| Some((mean_cost(&agents[standing.agent])?, standing.agent))).collect();
    // Of equal costs the first, which has the higher rate.
    let (_, cheapest) = costs?.into_iter().reduce(|best, next| if next.0 < best.0 { next } else { best })?;
    if agents[cheapest].passed() == 0 {
        return None;
    }
    let agent = id_text(cheapest);
    let open = |pair: &&Pair<'_>| pair.result.known() == Some(PairResult::NoEvidence);
    let of_it = |pair: &&Pair<'_>| pair.first == agent || pair.second == agent;
    let unseen = pairs.iter().filter(of_it).filter(open).filter_map(|pair| pair.detectable_difference);
    let unseen_difference = unseen.reduce(f64::max);
    Some(Recommendation { agent: agent.into(), reason: RecommendedFor::LowerCost.into(), unseen_difference })
}
