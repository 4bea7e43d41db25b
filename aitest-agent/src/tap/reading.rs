use super::failure::Failing;
use super::sse::Decoder;
use crate::provider::{Assembly, ChatReply, Format, ProviderError, ReplyFault};

/// The longest answer that is recorded. It is passed on at any length.
const LONGEST_ANSWER: usize = 32 << 20;

/// An answer that is being read on its way to the agent.
pub(super) struct Reading {
    format: Format,
    kind: Kind,
    length: usize,
}

enum Kind {
    Whole(Vec<u8>),
    Events { decoder: Decoder, assembly: Box<dyn Assembly>, fault: Option<(ReplyFault, String)> },
}

impl Reading {
    pub(super) fn whole(format: Format) -> Self {
        Reading { format, kind: Kind::Whole(Vec::new()), length: 0 }
    }

    pub(super) fn events(format: Format) -> Self {
        let kind = Kind::Events { decoder: Decoder::default(), assembly: format.assembly(), fault: None };
        Reading { format, kind, length: 0 }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.length = self.length.saturating_add(bytes.len());
        if self.length > LONGEST_ANSWER {
            return;
        }
        match &mut self.kind {
            Kind::Whole(body) => body.extend_from_slice(bytes),
            Kind::Events { decoder, assembly, fault } => {
                decoder.push(bytes, |data| take(&mut **assembly, fault, data));
            }
        }
    }

    /// Whether nothing more comes that matters.
    pub(super) fn is_done(&self) -> bool {
        matches!(&self.kind, Kind::Events { assembly, fault, .. } if fault.is_some() || assembly.is_done())
    }

    /// What has come, for the message of a failure.
    pub(super) fn body(&self) -> &[u8] {
        match &self.kind {
            Kind::Whole(body) => body,
            Kind::Events { .. } => &[],
        }
    }

    /// The reply, now that everything has come.
    pub(super) fn finish(self, failing: &Failing) -> Result<ChatReply, ProviderError> {
        if self.length > LONGEST_ANSWER {
            return Err(failing.too_long(LONGEST_ANSWER));
        }
        match self.kind {
            Kind::Whole(body) => self.format.reply(&body).map_err(|fault| failing.reply(fault, &body)),
            Kind::Events { decoder, mut assembly, mut fault } => {
                if let Some(data) = decoder.finish() {
                    take(&mut *assembly, &mut fault, data);
                }
                match fault {
                    Some((fault, data)) => Err(failing.reply(fault, data.as_bytes())),
                    None if assembly.is_whole() => Ok(assembly.reply()),
                    None => Err(failing.broken_off()),
                }
            }
        }
    }

    /// The reply of an answer that nobody reads to its end, and whether it is whole; `None` when nothing can be said.
    pub(super) fn cut(self) -> Option<(ChatReply, bool)> {
        match self.kind {
            Kind::Whole(body) => Some((self.format.reply(&body).ok()?, true)),
            Kind::Events { assembly, .. } => {
                let is_whole = assembly.is_whole();
                Some((assembly.reply(), is_whole))
            }
        }
    }
}

/// Nothing is read behind the first fault and the end.
fn take(assembly: &mut dyn Assembly, fault: &mut Option<(ReplyFault, String)>, data: String) {
    if fault.is_none()
        && !assembly.is_done()
        && let Err(found) = assembly.event(&data)
    {
        *fault = Some((found, data));
    }
}
