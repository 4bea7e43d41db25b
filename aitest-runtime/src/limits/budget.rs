use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use super::Ledger;
use crate::collector::{lock, warn};
use crate::record::Cost;

/// What all processes of the run may spend together.
///
/// An iteration starts only if what is spent, what is reserved for iterations under way and its own reserve fit. What
/// a killed process had under way stays reserved.
#[derive(Debug)]
pub(crate) struct Budget {
    max: Cost,
    /// Spent and reserved pico-dollars; 1 once the warning was given.
    ledger: Ledger<3>,
    /// What is to be booked with the next change.
    pending: Mutex<Pending>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Pending {
    spent: u64,
    released: u64,
}

/// How often the exit hook tries to book what is left, a millisecond apart.
const LAST_TRIES: u32 = 500;

impl Budget {
    pub(crate) fn new(max: Cost, path: Option<PathBuf>) -> Self {
        Budget { max, ledger: Ledger::at(path), pending: Mutex::default() }
    }

    pub(crate) fn max(&self) -> Cost {
        self.max
    }

    /// What is spent, as this process last saw it.
    pub(crate) fn spent(&self) -> Cost {
        let [spent, ..] = self.ledger.known();
        Cost::from_pico_usd(spent) + Cost::from_pico_usd(lock(&self.pending).spent)
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.spent() >= self.max
    }

    /// Books `reserve` for an iteration. Whether it may start; `None` when the ledger is busy for a moment.
    pub(crate) fn try_admit(&self, reserve: Cost) -> Option<bool> {
        let max = self.max.pico_usd();
        self.update(|[spent, reserved, _]| {
            let used = spent.saturating_add(*reserved);
            let fits = used < max && used.saturating_add(reserve.pico_usd()) <= max;
            if fits {
                *reserved = reserved.saturating_add(reserve.pico_usd());
            }
            fits
        })
    }

    /// Books what an execution has cost and lets go of `reserve`. Never waits.
    pub(crate) fn settle(&self, reserve: Cost, cost: Cost) {
        {
            let mut pending = lock(&self.pending);
            pending.spent = pending.spent.saturating_add(cost.pico_usd());
            pending.released = pending.released.saturating_add(reserve.pico_usd());
        }
        // A busy ledger gets it with the next change.
        self.update(|_| ());
    }

    /// Books what is left at the process's end.
    pub(crate) fn flush(&self) {
        for _ in 0..LAST_TRIES {
            if self.update(|_| ()).is_some() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn update<R>(&self, change: impl FnOnce(&mut [u64; 3]) -> R) -> Option<R> {
        let max = self.max;
        let (result, warning) = {
            let mut pending = lock(&self.pending);
            let updated = self.ledger.try_update(|numbers| {
                let [spent, reserved, warned] = numbers;
                *spent = spent.saturating_add(pending.spent);
                *reserved = reserved.saturating_sub(pending.released);
                let is_near = u128::from(*spent) * 5 >= u128::from(max.pico_usd()) * 4;
                let warns = is_near && *warned == 0;
                *warned |= u64::from(is_near);
                let warning = warns.then_some(Cost::from_pico_usd(*spent));
                (change(numbers), warning)
            })?;
            *pending = Pending::default();
            updated
        };
        if let Some(spent) = warning {
            warn("budget_80_percent", &format!("80 % of the budget is spent: {spent} of {max} (AITEST_MAX_COST)"));
        }
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(usd: f64) -> Cost {
        Cost::from_usd(usd).unwrap()
    }

    #[test]
    fn an_iteration_starts_while_what_is_spent_and_reserved_leaves_room() {
        let budget = Budget::new(usd(1.0), None);
        assert_eq!(budget.try_admit(usd(0.0)), Some(true), "nothing is known yet");
        budget.settle(usd(0.0), usd(0.4));
        assert_eq!(budget.try_admit(usd(0.4)), Some(true));
        assert_eq!(budget.try_admit(usd(0.4)), Some(false), "0.4 spent, 0.4 reserved");
        assert_eq!(budget.try_admit(usd(0.2)), Some(true), "to the last cent");
        assert_eq!(budget.try_admit(usd(0.0)), Some(false));
        budget.settle(usd(0.4), usd(0.1));
        assert_eq!((budget.spent(), budget.is_spent()), (usd(0.5), false));
        assert_eq!(budget.try_admit(usd(0.3)), Some(true), "it was cheaper than reserved");
        budget.settle(usd(0.3), usd(0.9));
        assert!(budget.is_spent());
    }

    #[test]
    fn what_a_busy_ledger_did_not_take_is_booked_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spent");
        let budget = Budget::new(usd(1.0), Some(path.clone()));
        assert_eq!(budget.try_admit(usd(0.5)), Some(true));
        let other = std::fs::File::open(&path).unwrap();
        other.lock().unwrap();
        budget.settle(usd(0.5), usd(0.7));
        assert_eq!(budget.try_admit(usd(0.1)), None);
        assert_eq!(budget.spent(), usd(0.7), "this process knows");
        other.unlock().unwrap();
        budget.flush();
        let beside = Budget::new(usd(1.0), Some(path));
        assert_eq!(beside.try_admit(usd(0.4)), Some(false));
        assert_eq!(beside.try_admit(usd(0.3)), Some(true));
    }

    #[test]
    fn the_warning_is_given_once_for_all_processes() {
        let folder = tempfile::tempdir().unwrap();
        let budget = || Budget::new(usd(1.0), Some(folder.path().join("spent")));
        let (first, second) = (budget(), budget());
        first.settle(usd(0.0), usd(0.79));
        assert_eq!(first.ledger.known()[2], 0);
        second.settle(usd(0.0), usd(0.01));
        assert_eq!(second.ledger.known()[2], 1);
        first.settle(usd(0.0), usd(0.01));
        assert_eq!(first.ledger.known()[2], 1);
    }
}
