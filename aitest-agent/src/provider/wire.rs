use super::details::Details;
use super::openai::{self, Dialect};
use super::resolve::Endpoint;
use super::{ChatReply, ChatRequest, RequestOptions, anthropic, gemini};

/// A format of requests and replies.
#[derive(Clone, Copy)]
pub(crate) enum Wire {
    /// OpenAI's chat completions, as one server speaks them.
    OpenAi(&'static Dialect),
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
    /// What follows the base URL.
    pub(crate) fn path(self, model: &str) -> Vec<String> {
        match self {
            Wire::OpenAi(_) => vec!["chat".to_owned(), "completions".to_owned()],
            Wire::Anthropic => vec!["messages".to_owned()],
            Wire::Gemini => vec!["models".to_owned(), format!("{model}:generateContent")],
        }
    }

    /// Why `options` cannot be sent, as the rest of a sentence about the model.
    pub(crate) fn accepts(self, options: &RequestOptions) -> Result<(), &'static str> {
        match self {
            Wire::Anthropic if options.seed.is_some() => {
                Err("takes no seed: Anthropic's messages have none; leave `seed` out for this model")
            }
            _ => Ok(()),
        }
    }

    /// The body of a request.
    pub(crate) fn body(self, endpoint: &Endpoint, request: &ChatRequest) -> serde_json::Result<Vec<u8>> {
        let mut body = match self {
            Wire::OpenAi(dialect) => openai::body(dialect, endpoint, request)?,
            Wire::Anthropic => anthropic::body(endpoint, request)?,
            Wire::Gemini => gemini::body(endpoint, request)?,
        };
        for (name, value) in &request.options.extra_body {
            body.set(name, value)?;
        }
        body.into_bytes()
    }

    /// Reads the body of a successful answer.
    pub(crate) fn reply(self, body: &[u8]) -> Result<ChatReply, ReplyFault> {
        match self {
            Wire::OpenAi(_) => openai::parse(body),
            Wire::Anthropic => anthropic::parse(body),
            Wire::Gemini => gemini::parse(body),
        }
    }

    /// The reply that a failure is in truth: a tool call that the provider could not read is the model's mistake.
    pub(crate) fn rescue(self, details: &Details) -> Option<ChatReply> {
        match self {
            Wire::OpenAi(_) => openai::rescue(details),
            Wire::Anthropic | Wire::Gemini => None,
        }
    }
}
