//! Plain data that one iteration leaves behind. Depends on serde alone; these types are the journal's.

mod cassette;
mod id;
mod iteration;
mod limit;
mod money;
mod outcome;
mod percent;
mod run;
mod setup;
mod transcript;
mod usage;

pub use cassette::{CassetteMode, CassetteUse};
pub use id::{IterationKey, RunId, TestId, TestIdentity};
pub(crate) use id::{selected_name, test_name};
pub use iteration::{Assertion, Attachment, Failure, FailureKind, IterationRecord, Retry, Step};
pub use limit::{BudgetUse, HeldBack};
pub use money::Cost;
pub use outcome::{Outcome, Reason, Stability, Verdict, VerdictKind};
pub use percent::{Percent, PercentError, PercentProblem};
pub use run::{ErrorBudget, GitState, Policy, ProcessRecord, RunRecord, SettingRecord, TestRecord, Warning};
pub use setup::{AgentSetup, Fingerprint};
pub use transcript::{AgentIdentity, Omitted, Role, ToolCall, ToolImage, ToolSpec, Turn};
pub use usage::{Spend, TokenUsage};
