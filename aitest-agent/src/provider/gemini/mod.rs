//! Gemini's `generateContent`.
//!
//! Format: <https://ai.google.dev/api/generate-content>.

#[cfg(feature = "tap")]
mod asked;
#[cfg(feature = "agent")]
mod contents;
#[cfg(feature = "agent")]
mod generation;
mod reply;
#[cfg(feature = "agent")]
mod request;
#[cfg(feature = "agent")]
mod schema;
#[cfg(feature = "tap")]
mod stream;

#[cfg(feature = "tap")]
pub(crate) use asked::asked;
pub(crate) use reply::parse;
#[cfg(feature = "agent")]
pub(crate) use request::body;
#[cfg(feature = "tap")]
pub(crate) use stream::{Stream, parse_array};
