//! OpenAI's chat completions: OpenAI, Azure, and every server that speaks the same in a dialect of its own.
//!
//! Format: <https://platform.openai.com/docs/api-reference/chat>.

mod dialect;
mod messages;
mod reply;
mod request;
mod usage;

pub(crate) use dialect::{COMPATIBLE, DEEPSEEK, Dialect, GITHUB, GROQ, MISTRAL, OPENAI, OPENROUTER};
pub(crate) use reply::{parse, rescue};
pub(crate) use request::body;
