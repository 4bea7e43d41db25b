//! Secrets are replaced when they enter the record: `[redacted:NAME]`.
//!
//! What is found: registered values in several encodings, the shapes of well-known tokens and headers, and the user's
//! own patterns.

mod forms;
mod registry;
mod scan;
mod shapes;
mod transcript;

pub use registry::{RedactError, add_patterns, redact, register_environment, secret};
pub(crate) use transcript::{redact_call, redact_turn};
