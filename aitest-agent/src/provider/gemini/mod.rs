//! Gemini's `generateContent`.
//!
//! Format: <https://ai.google.dev/api/generate-content>.

mod contents;
mod reply;
mod request;
mod schema;

pub(crate) use reply::parse;
pub(crate) use request::body;

/// Whether `model` is of before Gemini 3: it has a budget for its thoughts, no ids of calls, and reads images beside a
/// tool's result instead of in it.
fn is_old(model: &str) -> bool {
    ["gemini-1", "gemini-2", "gemma"].iter().any(|start| model.starts_with(start))
}
