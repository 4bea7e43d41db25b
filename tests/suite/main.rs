//! The integration tests, in one binary.

mod browser;
mod cargo;
mod crash;
mod docs;
mod faults;
mod gates;
mod layers;
mod outcomes;
mod runs;
mod settings;
mod stacking;
mod ui;
