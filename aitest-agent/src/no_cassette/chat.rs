use aitest_runtime::host::Retry;

use crate::provider::{ChatReply, ChatRequest, Connected, ProviderError};

/// One request to a model, with all its tries.
pub(crate) struct Exchange<'a> {
    model: &'a Connected,
    request: &'a ChatRequest,
}

impl<'a> Exchange<'a> {
    pub(crate) fn begin(model: &'a Connected, request: &'a ChatRequest) -> Result<Self, ProviderError> {
        Ok(Exchange { model, request })
    }

    /// The recorded answer.
    pub(crate) fn replayed(&mut self, _: &mut (dyn FnMut(Retry) + Send)) -> Option<Result<ChatReply, ProviderError>> {
        None
    }

    /// Sends the request.
    pub(crate) async fn ask(&mut self) -> Result<ChatReply, ProviderError> {
        self.model.as_model().chat(self.request).await
    }
}

/// Whether a recording may stand in for what would be asked.
pub(crate) fn may_replay() -> bool {
    false
}
