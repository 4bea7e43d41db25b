//! The integration tests, in one binary.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod agents;
mod azure;
mod baseline;
mod browser;
mod cargo;
mod cassettes;
mod comparison;
mod crash;
mod docs;
mod drift;
mod examples;
mod exit_codes;
mod faults;
mod gates;
mod layers;
mod limits;
mod lints;
mod matrix;
mod outcomes;
mod own_agents;
mod resume;
mod runs;
mod secrets;
mod sessions;
mod settings;
mod stacking;
mod stub;
mod telemetry;
mod ui;
mod verdicts;
