use std::collections::BTreeMap;

use super::Saved;
use crate::record::{Cost, RunRecord, SkippedBy, TestRecord};
use crate::stats::Row;

/// What each rule left out over the run, and what it would have cost by the mean of its test's iterations.
pub(super) fn saved(run: &RunRecord) -> Vec<Saved> {
    let mut rules: BTreeMap<SkippedBy, Saved> = BTreeMap::new();
    for test in &run.tests {
        for (by, count) in left_out(test) {
            let saved =
                rules.entry(by).or_insert(Saved { by: by.into(), tests: 0, iterations: 0, cost_pico_usd: None });
            saved.tests += 1;
            saved.iterations += count;
            if let Some(mean) = mean_cost(test) {
                let cost = mean.saturating_mul(count);
                saved.cost_pico_usd = Some(saved.cost_pico_usd.unwrap_or(0).saturating_add(cost));
            }
        }
    }
    rules.into_values().collect()
}

fn left_out(test: &TestRecord) -> BTreeMap<SkippedBy, u64> {
    let mut counts = BTreeMap::new();
    for by in test.counted().filter_map(|record| record.skipped_by) {
        *counts.entry(by).or_insert(0) += 1;
    }
    counts
}

/// In pico-dollars, over the iterations of which every call has a price.
fn mean_cost(test: &TestRecord) -> Option<u64> {
    let costs: Vec<u64> =
        test.counted().filter_map(|record| Row::from(record).known_cost()).map(Cost::pico_usd).collect();
    let sum: u128 = costs.iter().map(|&cost| u128::from(cost)).sum();
    let mean = sum.checked_div(costs.len() as u128)?;
    u64::try_from(mean).ok()
}
