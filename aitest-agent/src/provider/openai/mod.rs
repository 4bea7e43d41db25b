//! OpenAI's chat completions: OpenAI, Azure, and every server that speaks the same.
//!
//! Format: <https://platform.openai.com/docs/api-reference/chat>.

mod failure;
mod model;
mod reply;
mod request;

pub(crate) use model::OpenAiModel;
