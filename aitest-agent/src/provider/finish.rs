use super::ChatReply;

/// What a reply's finish reason means for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    /// The model is done, or wants its tools called.
    Done,
    /// The provider wants the message sent back, and goes on.
    Paused,
    /// A content filter cut the reply.
    Filtered,
    /// The reply reached the limit of output tokens.
    OutputLimit,
    /// The conversation is as long as the model can read.
    ContextLength,
}

impl ChatReply {
    /// The meaning of its finish reason, in the words of all wires: they never mean two things.
    pub(crate) fn finish(&self) -> Finish {
        match self.finish_reason.as_deref().unwrap_or_default() {
            "pause_turn" => Finish::Paused,
            "content_filter" | "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE" => {
                Finish::Filtered
            }
            "length" | "max_tokens" | "MAX_TOKENS" => Finish::OutputLimit,
            "model_length" | "model_context_window_exceeded" => Finish::ContextLength,
            _ => Finish::Done,
        }
    }
}
