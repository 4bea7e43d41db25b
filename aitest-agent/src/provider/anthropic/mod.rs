//! Anthropic's messages.
//!
//! Format: <https://platform.claude.com/docs/en/api/messages>.

#[cfg(feature = "tap")]
mod asked;
#[cfg(feature = "agent")]
mod messages;
mod reply;
#[cfg(feature = "agent")]
mod request;
#[cfg(feature = "tap")]
mod stream;
#[cfg(feature = "agent")]
mod thinking;

#[cfg(feature = "tap")]
pub(crate) use asked::asked;
pub(crate) use reply::parse;
#[cfg(feature = "agent")]
pub(crate) use request::body;
#[cfg(feature = "tap")]
pub(crate) use stream::Stream;
