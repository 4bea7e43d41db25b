use super::super::{ChatRequest, Message, Provider, ProviderError, ProviderErrorKind};

/// The limits that a provider was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) rpm: Option<u32>,
    pub(crate) tpm: Option<u32>,
    pub(crate) max_in_flight: Option<u32>,
}

/// Limits hold for all requests to the same model under the same address and key, whichever `Provider` or judge sends
/// them. Time spent waiting for them is waiting time: it is no part of a time limit, and `AITEST_MAX_WAIT` bounds it.
/// 0 is an error of the first run.
impl Provider {
    /// At most `requests` in a minute, evenly spaced, over all iterations, tests and processes of the run. No limit by
    /// default.
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// use aitest::Provider;
    ///
    /// let provider = Provider::new("openai/gpt-5-mini").rpm(500).tpm(200_000).max_in_flight(8);
    /// ```
    #[must_use]
    pub fn rpm(mut self, requests: u32) -> Self {
        self.limits_mut().rpm = Some(requests);
        self
    }

    /// At most `tokens` in a minute, input and output together, over all iterations, tests and processes of the run.
    /// No limit by default. A request is booked by estimate before it is sent, and by its usage afterwards.
    #[must_use]
    pub fn tpm(mut self, tokens: u32) -> Self {
        self.limits_mut().tpm = Some(tokens);
        self
    }

    /// At most `requests` in flight in one process, instead of `AITEST_MAX_IN_FLIGHT`, which is 16 by default. An
    /// answer with status 429 halves the number, 20 successes raise it by one, never over `requests`. Of several
    /// values for the same model, address and key the smallest holds.
    #[must_use]
    pub fn max_in_flight(mut self, requests: u32) -> Self {
        self.limits_mut().max_in_flight = Some(requests);
        self
    }
}

impl Limits {
    pub(super) fn check(self) -> Result<(), ProviderError> {
        let all = [("rpm", self.rpm), ("tpm", self.tpm), ("max_in_flight", self.max_in_flight)];
        match all.into_iter().find(|(_, limit)| *limit == Some(0)) {
            None => Ok(()),
            Some((name, _)) => {
                let message = format!("`{name}(0)` allows no request: give 1 or more, or leave it out");
                Err(ProviderError::new(ProviderErrorKind::Configuration, message))
            }
        }
    }
}

/// Bytes of English text and JSON that make a token, about.
const BYTES_OF_A_TOKEN: usize = 4;
/// The tokens of an answer that nothing is known of.
const ANSWER: u32 = 256;

/// What `request` will use, about: a quarter of its bytes, and an answer of 256 tokens or less.
pub(super) fn estimate(request: &ChatRequest) -> u64 {
    let messages: usize = request.messages.iter().map(bytes_of).sum();
    let tools = request.tools.iter().map(|tool| {
        let schema = serde_json::to_string(&*tool.schema).map_or(0, |text| text.len());
        tool.name.len() + tool.description.len() + schema
    });
    let input = (messages + tools.sum::<usize>()) / BYTES_OF_A_TOKEN;
    let output = request.options.max_tokens.unwrap_or(ANSWER).min(ANSWER);
    u64::try_from(input).unwrap_or(u64::MAX).saturating_add(u64::from(output))
}

fn bytes_of(message: &Message) -> usize {
    match message {
        Message::System(text) | Message::User(text) => text.len(),
        Message::Assistant(said) => {
            said.text.len() + said.tool_calls.iter().map(|call| call.tool.len() + call.arguments.len()).sum::<usize>()
        }
        Message::ToolResult { content, .. } => content.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::RequestOptions;

    #[test]
    fn an_estimate_grows_with_the_conversation() {
        let request = |text: &str, max_tokens| ChatRequest {
            messages: vec![Message::User(text.to_owned())],
            options: RequestOptions { max_tokens, ..RequestOptions::default() },
            ..ChatRequest::default()
        };
        assert_eq!(estimate(&request(&"x".repeat(400), None)), 100 + 256);
        assert_eq!(estimate(&request(&"x".repeat(400), Some(10))), 100 + 10);
        assert_eq!(estimate(&request("", Some(9_000))), 256);
    }

    #[test]
    fn no_request_at_all_is_a_mistake() {
        let limits = |provider: Provider| provider.limits();
        assert!(limits(Provider::new("openai/m")).check().is_ok());
        let error = limits(Provider::new("openai/m").rpm(1).tpm(0)).check().unwrap_err();
        assert_eq!(error.to_string(), "`tpm(0)` allows no request: give 1 or more, or leave it out");
    }
}
