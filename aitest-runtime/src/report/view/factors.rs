use super::super::compared::{interaction_text, p_text, points, points_interval, whole_percent};
use super::super::results::{Factor, Factors, LevelPair, Results};
use super::super::text::interval_text;
use super::shown::Shown;

/// What differs among the agents, and what each difference is worth.
pub(crate) struct FactorTable<'r> {
    pub(crate) rows: Vec<FactorRow<'r>>,
    pub(crate) pairs: Vec<FactorPair<'r>>,
    /// Where one factor's worth depends on another's level; and why nothing is judged.
    pub(crate) notes: Vec<Shown<'r>>,
}

/// One level of a factor.
pub(crate) struct FactorRow<'r> {
    pub(crate) factor: Shown<'r>,
    pub(crate) level: Shown<'r>,
    pub(crate) rate: String,
    pub(crate) interval: String,
}

/// Two levels of a factor.
pub(crate) struct FactorPair<'r> {
    pub(crate) finding: Shown<'r>,
    pub(crate) interval: String,
    pub(crate) p: String,
    pub(crate) word: &'static str,
}

impl<'r> FactorTable<'r> {
    /// `None` where fewer than two factors differ: then the leaderboard says it all.
    pub(super) fn of(results: &'r Results<'r>) -> Option<Self> {
        let found = results.comparison.as_ref()?.factors.as_ref().filter(|found| found.factors.len() > 1)?;
        let crossed = found.factors.iter().filter(|_| found.crossed);
        Some(FactorTable {
            rows: crossed.clone().flat_map(rows).collect(),
            pairs: crossed.flat_map(|factor| factor.pairs.iter().map(pair)).collect(),
            notes: notes(found),
        })
    }
}

/// The names of the factors that differ: columns of the leaderboard.
pub(super) fn columns<'r>(results: &'r Results<'r>) -> Vec<&'r str> {
    let found = results.comparison.as_ref().and_then(|comparison| comparison.factors.as_ref());
    found.map(|found| found.factors.iter().map(|factor| factor.name.as_str()).collect()).unwrap_or_default()
}

fn notes(found: &Factors) -> Vec<Shown<'_>> {
    if !found.crossed {
        let text = "Not every combination of these factors was run: what each is worth cannot be told from the others.";
        return vec![Shown::from(text)];
    }
    let shown = found.interactions.iter().filter(|interaction| interaction.is_shown);
    let notes: Vec<Shown<'_>> = shown.map(|interaction| interaction_text(interaction).into()).collect();
    if notes.is_empty() { vec![Shown::from("No evidence that one factor's worth depends on another.")] } else { notes }
}

fn rows<'r>(factor: &'r Factor) -> impl Iterator<Item = FactorRow<'r>> {
    factor.levels.iter().map(|level| FactorRow {
        factor: factor.name.as_str().into(),
        level: level.name.as_str().into(),
        rate: level.rate.map_or_else(|| "—".to_owned(), whole_percent),
        interval: level.ci.map(|ci| interval_text(ci, '–')).unwrap_or_default(),
    })
}

fn pair(pair: &LevelPair) -> FactorPair<'_> {
    FactorPair {
        finding: format!("{} and {}: {} pp", pair.first, pair.second, points(pair.difference)).into(),
        interval: pair.ci.map(points_interval).unwrap_or_default(),
        p: pair.p_corrected.map_or_else(|| "—".to_owned(), p_text),
        word: if pair.is_shown { "differ" } else { "no evidence" },
    }
}
