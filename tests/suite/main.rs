//! The integration tests, in one binary.

mod stacking;
mod ui;
