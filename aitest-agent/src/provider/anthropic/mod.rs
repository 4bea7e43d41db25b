//! Anthropic's messages.
//!
//! Format: <https://platform.claude.com/docs/en/api/messages>.

mod messages;
mod reply;
mod request;
mod thinking;

pub(crate) use reply::parse;
pub(crate) use request::body;
