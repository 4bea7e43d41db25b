use super::details::Details;
use super::{ChatReply, anthropic, gemini, openai};

/// A format of requests and replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wire {
    /// OpenAI's chat completions, which most other servers speak too.
    OpenAi,
    /// Anthropic's messages.
    Anthropic,
    /// Gemini's `generateContent`.
    Gemini,
}

/// Why a successful answer is no reply.
#[derive(Debug)]
pub(crate) enum ReplyFault {
    /// It is not JSON, or not this JSON.
    Malformed(serde_json::Error),
    /// It is an error, whatever the status says.
    Error,
    /// It holds no answer: what it should have held.
    Empty(&'static str),
    /// The provider refused to answer, in its word.
    Blocked(String),
    /// The provider broke off, in its word.
    Cut(String),
}

impl From<serde_json::Error> for ReplyFault {
    fn from(error: serde_json::Error) -> Self {
        ReplyFault::Malformed(error)
    }
}

impl Wire {
    /// Reads the body of a successful answer.
    pub(crate) fn reply(self, body: &[u8]) -> Result<ChatReply, ReplyFault> {
        match self {
            Wire::OpenAi => openai::parse(body),
            Wire::Anthropic => anthropic::parse(body),
            Wire::Gemini => gemini::parse(body),
        }
    }

    /// The reply that a failure is in truth: a tool call that the provider could not read is the model's mistake.
    pub(crate) fn rescue(self, details: &Details) -> Option<ChatReply> {
        match self {
            Wire::OpenAi => openai::rescue(details),
            Wire::Anthropic | Wire::Gemini => None,
        }
    }
}
