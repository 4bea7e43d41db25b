//! What a run may use, over all its threads and processes: ledgers on disk, the budget, and what was held back.

mod budget;
mod held;
mod ledger;
mod run;

pub use held::held_back;
pub use ledger::Ledger;
pub use run::{max_in_flight, missing_price, run_folder, shared_path};

pub(crate) use budget::Budget;
pub(crate) use held::all_held_back;
pub(crate) use run::{RunLimits, budget, deadline, install, no_price};
