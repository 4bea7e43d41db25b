use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use super::{Budget, Ledger};
use crate::hash::first_64_bits;
use crate::price;
use crate::record::Cost;

/// What the settings say of limits.
#[derive(Debug)]
pub(crate) struct RunLimits {
    /// The run's folder.
    pub(crate) folder: PathBuf,
    pub(crate) max_in_flight: u32,
    pub(crate) max_cost: Option<Cost>,
    pub(crate) max_duration: Option<Duration>,
    /// When this process began, in milliseconds since 1970-01-01 UTC.
    pub(crate) now_ms: u64,
}

struct Installed {
    limits: RunLimits,
    budget: Option<Budget>,
    deadline: Option<u64>,
}

static INSTALLED: OnceLock<Installed> = OnceLock::new();

/// What holds where nobody sets it.
const MAX_IN_FLIGHT: u32 = 16;

/// Sets the run's limits. The first call counts.
pub(crate) fn install(limits: RunLimits) {
    INSTALLED.get_or_init(|| {
        let budget = limits.max_cost.map(|max| Budget::new(max, Some(limits.folder.join("spent"))));
        let deadline = limits.max_duration.map(|max| {
            let begun = begun(&Ledger::at(Some(limits.folder.join("begun"))), limits.now_ms);
            begun.saturating_add(u64::try_from(max.as_millis()).unwrap_or(u64::MAX))
        });
        Installed { limits, budget, deadline }
    });
}

pub(crate) fn budget() -> Option<&'static Budget> {
    INSTALLED.get()?.budget.as_ref()
}

/// When the run's time is over, in milliseconds since 1970-01-01 UTC.
pub(crate) fn deadline() -> Option<u64> {
    INSTALLED.get()?.deadline
}

/// When the run began: its first process, which found no time in the ledger, wrote its own.
fn begun(ledger: &Ledger<1>, now_ms: u64) -> u64 {
    loop {
        let begun = ledger.try_update(|[begun]| {
            *begun = if *begun == 0 { now_ms } else { *begun };
            *begun
        });
        match begun {
            Some(begun) => return begun,
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// The folder that all processes of the run share; `None` outside a run.
pub fn run_folder() -> Option<&'static Path> {
    INSTALLED.get().map(|installed| installed.limits.folder.as_path())
}

/// Where the processes of the run keep what they share about `name`: `limits/` and 16 hexadecimal digits of its hash,
/// so that nothing of the name can be read there. `None` outside a run.
pub fn shared_path(name: &str) -> Option<PathBuf> {
    Some(run_folder()?.join("limits").join(format!("{:016x}", first_64_bits(&[name]))))
}

/// Requests that may be in flight to one endpoint of this process at first, `AITEST_MAX_IN_FLIGHT`.
pub fn max_in_flight() -> u32 {
    INSTALLED.get().map_or(MAX_IN_FLIGHT, |installed| installed.limits.max_in_flight)
}

/// Why `model` (`provider/model`) may not be asked: the run has a budget, and the model no price.
pub fn missing_price(model: &str) -> Option<String> {
    budget().filter(|_| !price::is_priced(model)).map(|_| no_price(model))
}

/// The words for a model without a price in a run with a budget.
pub(crate) fn no_price(model: &str) -> String {
    format!(
        "`{model}` has no price, so the budget (AITEST_MAX_COST) cannot hold: add to pricing.toml, in dollars per \
         million tokens, [{model:?}] with input = 0.25 and output = 2.0, say"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_begins_with_its_first_process() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = || Ledger::at(Some(folder.path().join("begun")));
        assert_eq!(begun(&ledger(), 5_000), 5_000);
        assert_eq!(begun(&ledger(), 9_000), 5_000);
    }
}
