//! Plain data that one iteration leaves behind. Depends on serde alone; these types are the journal's.

mod cassette;
mod date;
mod gate;
mod id;
mod iteration;
mod limit;
mod money;
mod outcome;
mod percent;
mod policy;
mod run;
mod setup;
mod stop;
mod transcript;
mod usage;

pub use cassette::{CassetteMode, CassetteUse};
pub use date::{Date, KnownFlaky};
pub use gate::{Comparison, Measure, Quantity, Statistic, TestGate};
pub use id::{IterationKey, RunId, TestId, TestIdentity};
pub(crate) use id::{selected_name, test_name};
pub use iteration::{Assertion, Attachment, Failure, FailureKind, IterationRecord, Retry, Step};
pub use limit::{BudgetUse, HeldBack};
pub use money::Cost;
pub use outcome::{Outcome, Reason, Stability, Verdict, VerdictKind};
pub use percent::{Percent, PercentError, PercentProblem};
pub use policy::{ErrorBudget, Policy, Rules};
pub use run::{GitState, ProcessRecord, RunRecord, SettingRecord, TestRecord, Warning};
pub use setup::{AgentSetup, Fingerprint};
pub use stop::{SkippedBy, Sprt, StopRule, Stopped, StoppedBy};
pub use transcript::{AgentIdentity, Omitted, Role, ToolCall, ToolImage, ToolSpec, Turn};
pub use usage::{Spend, TokenUsage};
