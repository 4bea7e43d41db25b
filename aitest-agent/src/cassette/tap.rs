use hyper::{HeaderMap, Response, StatusCode};

use super::answer::Recorded;
use super::json::compact;
use super::keep::Kept;
use super::recording::Recording;
use super::tapes::{Found, look_up};
use crate::provider::{Answer, ProviderError};

/// What is kept of an exchange that passes a tap.
#[derive(Default)]
pub(crate) struct Taping {
    recording: Option<Recording>,
    head: Option<(StatusCode, HeaderMap)>,
    body: Vec<u8>,
}

/// A recorded answer, or why there is none where there should be; `None` where the provider is to be asked.
pub(crate) type Replayed = Option<Result<Response<Vec<u8>>, ProviderError>>;

/// Looks up `body`, which an agent asks of `to`: what is to be kept of it, and the answer if there is a recorded one.
pub(crate) fn passing(to: &str, body: &[u8]) -> (Taping, Replayed) {
    let to = aitest_runtime::host::redact(to);
    match look_up(&to, body) {
        Ok(Found::Live) => (Taping::default(), None),
        Ok(Found::New(recording)) => (Taping { recording: Some(recording), ..Taping::default() }, None),
        Ok(Found::Recorded(tape, exchange)) => {
            let replayed = match exchange.answers.last() {
                Some(answer) => answer.replay().unwrap_or_else(|problem| Err(tape.malformed(problem).of_model())),
                None => Err(tape.cut(&exchange.to).of_model()),
            };
            (Taping::default(), Some(replayed.map(response)))
        }
        Err(error) => (Taping::default(), Some(Err(error.of_model()))),
    }
}

fn response(answer: Answer) -> Response<Vec<u8>> {
    let mut response = Response::new(answer.body);
    (*response.status_mut(), *response.headers_mut()) = (answer.status, answer.headers);
    response
}

impl Taping {
    /// The request is sent.
    pub(crate) fn asks(&mut self) {
        if let Some(recording) = &mut self.recording {
            recording.asks();
        }
    }

    /// The answer begins.
    pub(crate) fn begins(&mut self, status: StatusCode, headers: &HeaderMap) {
        if self.recording.is_some() {
            self.head = Some((status, headers.clone()));
        }
    }

    /// A part of the answer.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.recording.is_some() {
            self.body.extend_from_slice(bytes);
        }
    }

    /// The answer is over: the agent has it, or went away with what it had.
    pub(crate) fn ends(mut self) {
        if let (Some(recording), Some((status, headers))) = (&mut self.recording, self.head) {
            recording.answered(verbatim(&Answer { status, headers, body: self.body }));
        }
    }

    /// There was none, or it broke off.
    pub(crate) fn failed(mut self, error: &ProviderError) {
        if let Some(recording) = &mut self.recording {
            recording.answered(Recorded::fault(error));
        }
    }
}

/// The answer with the white space that it came with: what the agent reads is not ours to judge.
fn verbatim(answer: &Answer) -> Recorded {
    let body = match std::str::from_utf8(&answer.body) {
        Ok(text) if compact(text).is_some_and(|compacted| compacted != text) => Kept::lines(text),
        _ => Kept::of(&answer.body),
    };
    Recorded::with_body(answer, body)
}
