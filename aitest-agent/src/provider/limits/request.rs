use super::super::{ChatRequest, Message, Provider};
use super::settings::estimate;

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

impl ChatRequest {
    /// The tokens that it will use, about.
    pub(crate) fn estimate(&self) -> u64 {
        let messages: usize = self.messages.iter().map(bytes_of).sum();
        let tools = self.tools.iter().map(|tool| {
            let schema = serde_json::to_string(&*tool.schema).map_or(0, |text| text.len());
            tool.name.len() + tool.description.len() + schema
        });
        estimate(messages + tools.sum::<usize>(), self.options.max_tokens)
    }
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
        assert_eq!(request(&"x".repeat(400), None).estimate(), 100 + 256);
        assert_eq!(request(&"x".repeat(400), Some(10)).estimate(), 100 + 10);
        assert_eq!(request("", Some(9_000)).estimate(), 256);
    }

    #[test]
    fn no_request_at_all_is_a_mistake() {
        let limits = |provider: Provider| provider.limits();
        assert!(limits(Provider::new("openai/m")).check().is_ok());
        let error = limits(Provider::new("openai/m").rpm(1).tpm(0)).check().unwrap_err();
        assert_eq!(error.to_string(), "`tpm(0)` allows no request: give 1 or more, or leave it out");
    }
}
