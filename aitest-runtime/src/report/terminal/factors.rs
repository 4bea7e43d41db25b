use super::super::compared::{interaction_text, p_text, points, whole_percent};
use super::super::results::{Factor, Factors};

/// Factors that are named.
const MOST: usize = 4;

/// What differs among the agents, a line for each factor where they are crossed.
pub(super) fn factors(found: &Factors) -> Vec<String> {
    let names: Vec<&str> = found.factors.iter().map(|factor| factor.name.as_str()).collect();
    if !found.crossed {
        let together = format!("they differ in {} at once: what each is worth cannot be told", names.join(", "));
        return if names.len() > 1 { vec![together] } else { Vec::new() };
    }
    let lines = found.factors.iter().take(MOST).map(factor);
    let shown = found.interactions.iter().filter(|interaction| interaction.is_shown);
    // In two lines: names of levels are long.
    let interactions = shown.map(interaction_text).map(|text| text.replacen(": ", ":\n", 1));
    lines.chain(interactions.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())).collect()
}

/// `model: openai/gpt-5 100%, openai/gpt-5-mini 64%: 36 points, p 0.016`
fn factor(factor: &Factor) -> String {
    let levels: Vec<String> = factor
        .levels
        .iter()
        .map(|level| match level.rate {
            Some(rate) => format!("{} {}", level.name, whole_percent(rate)),
            None => level.name.clone(),
        })
        .collect();
    let mut text = format!("{}: {}", factor.name, levels.join(", "));
    if let [pair] = factor.pairs.as_slice() {
        let p = pair.p_corrected.map(|p| format!(", p {}", p_text(p))).unwrap_or_default();
        text.push_str(&format!(": {} points{p}", points(pair.difference)));
    }
    text
}
