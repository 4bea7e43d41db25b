//! The contract `aitest.results/1`: what programs read of a run.

mod agents;
mod build;
mod comparison;
mod gates;
mod iterations;
mod needed;
mod numbers;
mod read;
mod resumed;
mod run;
mod saved;
mod setups;
mod steps;
mod test;
mod transcript;
mod wire_baseline;
mod wire_comparison;
mod wire_factors;
mod wire_gate;
mod wire_resumed;
mod wire_run;
mod wire_setup;
mod wire_stats;
mod wire_step;
mod wire_test;
mod wire_transcript;
mod word;
mod write;

pub(in crate::report) use iterations::kind_name;
pub(in crate::report) use numbers::rounded;
pub use read::ReadError;
pub(in crate::report) use steps::step_stats;
pub use wire_baseline::{
    BaselineComparison, ChangeCounts, ChangeKind, OfRun, RegressionGate, Renamed, Shift, Suspect, TestChange, TestName,
};
pub use wire_comparison::{Comparison, Pair, PairResult, Ratio, Recommendation, RecommendedFor};
pub use wire_factors::{Factor, Factors, Interaction, Level, LevelPair};
pub use wire_gate::{Gate, GateResult, KnownFlaky, Needed, Saved};
pub use wire_resumed::Resumed;
pub use wire_run::{Agent, Budget, Cause, Process, Results, Run, SCHEMA, Totals};
pub use wire_setup::{Part, Setup};
pub use wire_stats::{Charge, Counts, Split, Spread, Stats};
pub use wire_step::{Step, StepStats};
pub use wire_test::{Failure, Iteration, Policy, Test, Verdict};
pub use wire_transcript::{Arguments, Call, Text, Turn};
pub use word::Word;
pub use write::write_json;
