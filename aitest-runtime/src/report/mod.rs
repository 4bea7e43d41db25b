//! What people and programs read of a run: results as JSON, the HTML page, the terminal block, a failed test's message.
//!
//! Every report is a reading of [`RunRecord`](crate::record::RunRecord) through [`Results`]. Nothing here opens a file
//! or reads a clock.

mod anchor;
mod baseline;
mod cause;
mod compared;
mod drift;
mod failure;
mod rerun;
mod results;
mod status;
mod terminal;
mod text;
mod time;

#[cfg(feature = "html")]
mod html;
#[cfg(feature = "html")]
mod view;

#[cfg(test)]
mod tests;

pub use baseline::{BASELINE_SCHEMA, Baseline, BaselineError, BaselineTest, Beside, Numbers};
pub use drift::{Change, Drift, Subject, drift};
pub use failure::failure_message;
#[cfg(feature = "html")]
pub use html::write_html;
pub use results::{
    Agent, Arguments, BaselineComparison, Budget, Call, Cause, ChangeCounts, ChangeKind, Charge, Comparison, Counts,
    Failure, Gate, GateResult, Iteration, KnownFlaky, Needed, OfRun, Pair, PairResult, Part, Policy, Process, Ratio,
    ReadError, Recommendation, RecommendedFor, RegressionGate, Renamed, Results, Resumed, Run, SCHEMA, Saved, Setup,
    Shift, Split, Spread, Stats, Step, StepStats, Test, TestChange, TestName, Text, Totals, Turn, Verdict, Word,
    write_json,
};
pub use results::{Factor, Factors, Interaction, Level, LevelPair, Suspect};
pub use terminal::{Output, TerminalOptions, terminal_block};
