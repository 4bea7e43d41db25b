use crate::collector::{Collected, RunFailure, warn};
use crate::limits::no_price;
use crate::record::{Cost, FailureKind};
use crate::stats::Row;

/// What the executions of one test have cost, and what is reserved for those under way.
#[derive(Debug, Default)]
pub(super) struct Money {
    spent: Cost,
    priced: u64,
    reserves: Vec<(u32, Cost)>,
}

impl Money {
    /// The mean cost of an execution so far; 0 while nothing is known.
    pub(super) fn mean(&self) -> Cost {
        Cost::from_pico_usd(self.spent.pico_usd().checked_div(self.priced).unwrap_or(0))
    }

    pub(super) fn reserve(&mut self, iteration: u32, reserve: Cost) {
        self.reserves.push((iteration, reserve));
    }

    /// Counts an execution. Returns what was reserved for the iteration that `ended`, and what the execution cost.
    pub(super) fn settle(&mut self, row: &Row, ended: Option<u32>) -> (Cost, Cost) {
        let costs = [row.agent.cost, row.judge.cost];
        let cost: Cost = costs.into_iter().flatten().sum();
        if costs.iter().any(Option::is_some) {
            self.spent = self.spent + cost;
            self.priced += 1;
        }
        let place = self.reserves.iter().position(|(iteration, _)| Some(*iteration) == ended);
        let reserve = place.map(|place| self.reserves.swap_remove(place).1);
        (reserve.unwrap_or_default(), cost)
    }
}

/// With a budget, a model without a price is an error of the infrastructure; a model that reports no tokens a warning.
pub(super) fn needs_prices(collected: &mut Collected) {
    match collected.unpriced_model.take() {
        Some(model) => {
            let failure =
                RunFailure { kind: FailureKind::Provider, message: no_price(&model), transient: false, location: None };
            collected.infrastructure.get_or_insert(failure);
        }
        None if collected.agent.unpriced + collected.judge.unpriced > 0 => {
            warn("cost_unknown", "a model reported no tokens: the budget (AITEST_MAX_COST) does not hold its cost");
        }
        None => {}
    }
}
