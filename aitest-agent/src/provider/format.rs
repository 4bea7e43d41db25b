use serde_json::Value;

use super::asked::Asked;
use super::details::Details;
use super::home::{self, Home};
use super::wire::ReplyFault;
use super::{ChatReply, Wire, anthropic, gemini, openai};

/// A kind of request that a record understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// OpenAI's chat completions.
    Chat,
    /// OpenAI's responses.
    Responses,
    /// Anthropic's messages.
    Messages,
    /// Gemini's `generateContent` and `streamGenerateContent`.
    Generate,
}

/// Puts a reply together from the events of its stream.
pub(crate) trait Assembly: Send {
    /// Takes the data of one event.
    ///
    /// # Errors
    /// It cannot be read, or it says that the provider failed.
    fn event(&mut self, data: &str) -> Result<(), ReplyFault>;

    /// Whether nothing more comes.
    fn is_done(&self) -> bool;

    /// Whether the model ended its answer.
    fn is_whole(&self) -> bool;

    /// The reply so far.
    fn reply(self: Box<Self>) -> ChatReply;
}

impl Wire {
    /// Where requests go by default.
    pub(crate) fn home(self) -> &'static Home {
        match self {
            Wire::OpenAi => &home::OPENAI,
            Wire::Anthropic => &home::ANTHROPIC,
            Wire::Gemini => &home::GEMINI,
        }
    }
}

impl Format {
    /// Of a POST to `path`, which follows the base URL and its version.
    pub(crate) fn of(wire: Wire, path: &str) -> Option<Self> {
        let last = path.rsplit('/').next().unwrap_or_default();
        match wire {
            Wire::OpenAi if path.ends_with("chat/completions") => Some(Format::Chat),
            Wire::OpenAi if last == "responses" => Some(Format::Responses),
            Wire::Anthropic if last == "messages" => Some(Format::Messages),
            Wire::Gemini if last.ends_with(":generateContent") || last.ends_with(":streamGenerateContent") => {
                Some(Format::Generate)
            }
            _ => None,
        }
    }

    /// Reads a request; `None` when it is no JSON object.
    pub(crate) fn asked(self, path: &str, body: &[u8]) -> Option<Asked> {
        let body = serde_json::from_slice::<Value>(body).ok().filter(Value::is_object)?;
        Some(match self {
            Format::Chat => openai::asked(&body),
            Format::Responses => openai::responses::asked(&body),
            Format::Messages => anthropic::asked(&body),
            Format::Generate => gemini::asked(path, &body),
        })
    }

    /// Reads a whole reply.
    pub(crate) fn reply(self, body: &[u8]) -> Result<ChatReply, ReplyFault> {
        match self {
            Format::Chat => Wire::OpenAi.reply(body),
            Format::Responses => openai::responses::parse(body),
            Format::Messages => Wire::Anthropic.reply(body),
            Format::Generate if body.trim_ascii_start().starts_with(b"[") => gemini::parse_array(body),
            Format::Generate => Wire::Gemini.reply(body),
        }
    }

    /// The reply that a failure is in truth.
    pub(crate) fn rescue(self, body: &[u8]) -> Option<ChatReply> {
        match self {
            Format::Chat => Wire::OpenAi.rescue(&Details::of(body)),
            Format::Responses | Format::Messages | Format::Generate => None,
        }
    }

    /// What puts a streamed reply together.
    pub(crate) fn assembly(self) -> Box<dyn Assembly> {
        match self {
            Format::Chat => Box::<openai::Stream>::default(),
            Format::Responses => Box::<openai::responses::Stream>::default(),
            Format::Messages => Box::<anthropic::Stream>::default(),
            Format::Generate => Box::<gemini::Stream>::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_format() {
        for (wire, path, format) in [
            (Wire::OpenAi, "chat/completions", Some(Format::Chat)),
            (Wire::OpenAi, "openai/deployments/m/chat/completions", Some(Format::Chat)),
            (Wire::OpenAi, "responses", Some(Format::Responses)),
            (Wire::OpenAi, "embeddings", None),
            (Wire::OpenAi, "responses/resp_1/cancel", None),
            (Wire::Anthropic, "messages", Some(Format::Messages)),
            (Wire::Anthropic, "messages/count_tokens", None),
            (Wire::Gemini, "models/gemini-3-flash:streamGenerateContent", Some(Format::Generate)),
            (Wire::Gemini, "models/gemini-3-flash:generateContent", Some(Format::Generate)),
            (Wire::Gemini, "models/gemini-3-flash:countTokens", None),
        ] {
            assert_eq!(Format::of(wire, path), format, "{path}");
        }
    }

    #[test]
    fn what_is_no_object_is_no_request() {
        for body in ["", "[]", "{", "7"] {
            assert_eq!(Format::Chat.asked("chat/completions", body.as_bytes()), None, "{body}");
        }
    }
}
