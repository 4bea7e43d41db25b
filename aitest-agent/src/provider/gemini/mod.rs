//! Gemini's `generateContent`.
//!
//! Format: <https://ai.google.dev/api/generate-content>.

#[cfg(feature = "agent")]
mod contents;
#[cfg(feature = "agent")]
mod generation;
mod reply;
#[cfg(feature = "agent")]
mod request;
#[cfg(feature = "agent")]
mod schema;

pub(crate) use reply::parse;
#[cfg(feature = "agent")]
pub(crate) use request::body;
