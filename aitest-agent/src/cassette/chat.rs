use std::time::Duration;

use aitest_runtime::host::Retry;

use super::answer::Recorded;
use super::file;
use super::keep::as_replayed;
use super::recording::Recording;
use super::tape::Tape;
use super::tapes::{Found, look_up};
use crate::provider::{Answer, ChatReply, ChatRequest, Connected, ProviderError, ProviderErrorKind};
use crate::telemetry;

/// One request to a model, with all its tries.
pub(crate) struct Exchange<'a> {
    asked: Asked<'a>,
    state: State,
}

/// What is asked of whom.
struct Asked<'a> {
    model: &'a Connected,
    request: &'a ChatRequest,
    body: Vec<u8>,
}

enum State {
    Live,
    Recorded(std::sync::Arc<Tape>, file::Exchange),
    New(Recording),
}

impl<'a> Exchange<'a> {
    /// # Errors
    /// The cassette is no use, or the request cannot be written.
    pub(crate) fn begin(model: &'a Connected, request: &'a ChatRequest) -> Result<Self, ProviderError> {
        let body = match model {
            Connected::Http(http) => http.body(request)?,
            Connected::Custom(_) => serde_json::to_vec(request).map_err(|error| unwritable(&error))?,
        };
        let state = match look_up(&model.label(), &body).map_err(|error| error.of_model())? {
            Found::Live => State::Live,
            Found::Recorded(tape, exchange) => State::Recorded(tape, exchange),
            Found::New(recording) => State::New(recording),
        };
        Ok(Exchange { asked: Asked { model, request, body }, state })
    }

    /// The recorded answer, after all its tries: without their pauses.
    pub(crate) fn replayed(
        &mut self,
        on_retry: &mut (dyn FnMut(Retry) + Send),
    ) -> Option<Result<ChatReply, ProviderError>> {
        let State::Recorded(tape, exchange) = &self.state else { return None };
        let mut last = None;
        for answer in &exchange.answers {
            if let Some(Err(error)) = &last {
                telemetry::retried(error, Duration::ZERO);
                on_retry(Retry { why: ProviderError::to_string(error), wait_ms: 0 });
            }
            match self.asked.replay(answer) {
                Ok(reply) => last = Some(reply),
                Err(problem) => return Some(Err(tape.malformed(problem).of_model())),
            }
        }
        Some(last.filter(|_| !exchange.cut).unwrap_or_else(|| Err(tape.cut(&exchange.to).of_model())))
    }

    /// Sends the request, and keeps what comes of it.
    pub(crate) async fn ask(&mut self) -> Result<ChatReply, ProviderError> {
        let State::New(recording) = &mut self.state else {
            return self.asked.model.as_model().chat(self.asked.request).await;
        };
        recording.asks();
        match self.asked.send().await {
            Ok((recorded, reply)) => {
                recording.answered(recorded);
                reply
            }
            Err(error) if was_asked(&error) => {
                recording.answered(Recorded::fault(&error));
                Err(error)
            }
            Err(error) => {
                recording.not_asked();
                Err(error)
            }
        }
    }
}

impl Asked<'_> {
    /// The answer as it is kept, and as it is read.
    async fn send(&self) -> Result<(Recorded, Result<ChatReply, ProviderError>), ProviderError> {
        match self.model {
            Connected::Http(http) => {
                let answer = http.exchange(self.request, self.body.clone()).await?;
                let recorded = Recorded::answer(&answer);
                // What is judged now is what a replay will judge.
                let answer = Answer { body: as_replayed(answer.body), ..answer };
                Ok((recorded, http.judge(self.request, &answer)))
            }
            Connected::Custom(model) => {
                let reply = model.chat(self.request).await?;
                let bytes = serde_json::to_vec(&reply).map_err(|error| unwritable(&error))?;
                Ok((Recorded::body(&bytes), Ok(reply)))
            }
        }
    }

    /// The reply of a recorded answer.
    ///
    /// # Errors
    /// What is wrong with the recording.
    fn replay(&self, answer: &Recorded) -> Result<Result<ChatReply, ProviderError>, String> {
        match self.model {
            Connected::Http(http) => Ok(answer.replay()?.and_then(|answer| http.judge(self.request, &answer))),
            Connected::Custom(_) => match answer.replay_body()? {
                Ok(bytes) => serde_json::from_slice(&bytes).map(Ok).map_err(|error| format!("a reply: {error}")),
                Err(error) => Ok(Err(error)),
            },
        }
    }
}

/// Whether somebody was asked at all: a key that is missing is nobody's answer.
fn was_asked(error: &ProviderError) -> bool {
    error.is_transient()
        || !matches!(error.kind(), ProviderErrorKind::Configuration | ProviderErrorKind::Authentication)
}

fn unwritable(error: &serde_json::Error) -> ProviderError {
    ProviderError::new(ProviderErrorKind::InvalidRequest, format!("the request cannot be written as JSON: {error}"))
}
