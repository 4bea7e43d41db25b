//! OpenAI's chat completions: OpenAI, Azure, and every server that speaks the same in a dialect of its own.
//!
//! Format: <https://platform.openai.com/docs/api-reference/chat>.

#[cfg(feature = "tap")]
mod asked;
#[cfg(feature = "agent")]
mod dialect;
#[cfg(feature = "agent")]
mod messages;
mod reply;
#[cfg(feature = "agent")]
mod request;
#[cfg(feature = "tap")]
pub(crate) mod responses;
#[cfg(feature = "tap")]
mod stream;
mod usage;

#[cfg(feature = "tap")]
pub(crate) use asked::asked;
#[cfg(feature = "agent")]
pub(crate) use dialect::{COMPATIBLE, DEEPSEEK, Dialect, GITHUB, GROQ, MISTRAL, OPENAI, OPENROUTER};
pub(crate) use reply::{parse, rescue};
#[cfg(feature = "agent")]
pub(crate) use request::body;
#[cfg(feature = "tap")]
pub(crate) use stream::Stream;
