//! Anthropic's messages.
//!
//! Format: <https://platform.claude.com/docs/en/api/messages>.

#[cfg(feature = "agent")]
mod messages;
mod reply;
#[cfg(feature = "agent")]
mod request;
#[cfg(feature = "agent")]
mod thinking;

pub(crate) use reply::parse;
#[cfg(feature = "agent")]
pub(crate) use request::body;
