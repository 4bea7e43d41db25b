use std::fmt;
use std::sync::Arc;

use aitest_runtime::host::Iteration;

use super::line::Line;
use super::server;
use crate::address::Address;
use crate::provider::{ProviderError, ProviderErrorKind, Wire};

/// Between an agent of your own and its model: forwards requests and records them into its iteration.
///
/// What the agent sends, keys included, goes on to the model's provider unchanged, and what comes back goes to the agent
/// as it comes, streams included. Prompts, answers, tool calls with their results, tokens, costs and failures are read on
/// the way. Keys are replaced in all that is recorded.
///
/// ```no_run
/// # use aitest_agent as aitest;
/// # async fn my_agent(_base_url: &str, _prompt: &str) -> Result<String, std::io::Error> { Ok(String::new()) }
/// # async fn body(it: &aitest_runtime::host::Iteration) -> aitest_runtime::Result {
/// use aitest::{TapExt, Wire};
///
/// let tap = it.tap(Wire::OpenAi)?;
/// let answer = my_agent(&tap.base_url(), "What is my balance?").await?;
/// # Ok(()) }
/// ```
///
/// Requests go to the wire's own provider, or to the address that its variable names: `OPENAI_BASE_URL`,
/// `ANTHROPIC_BASE_URL`, `GEMINI_BASE_URL`. [`to`](Tap::to) names another. The tap ends with its iteration; a request that
/// comes later gets status 410 and a warning.
///
/// A handle, cheap to clone; clones are the same tap.
#[derive(Clone)]
pub struct Tap {
    line: Arc<Line>,
    address: Address,
}

/// Taps of an iteration: `use aitest::TapExt` brings `it.tap(..)`.
pub trait TapExt {
    /// Taps the wire between the test's own agent and its model. Each call makes a tap of its own.
    ///
    /// # Errors
    /// The tap's server could not start, or the iteration has ended.
    fn tap(&self, wire: Wire) -> Result<Tap, ProviderError>;
}

impl TapExt for Iteration {
    fn tap(&self, wire: Wire) -> Result<Tap, ProviderError> {
        let address = Address::of(Some(self), self.seed());
        let port = server::port().map_err(|error| {
            let message = format!("the tap's server could not start: {error}");
            ProviderError::new(ProviderErrorKind::Configuration, message).with_source(error)
        })?;
        let line = Line::open(self.clone(), wire, port).ok_or_else(|| {
            let message = "its iteration has ended: make the tap in the body, and await what uses it";
            ProviderError::new(ProviderErrorKind::Configuration, format!("there is nothing to tap: {message}"))
        })?;
        Ok(Tap { line, address })
    }
}

impl Tap {
    /// What the agent takes as its base URL instead of the provider's: `http://127.0.0.1:PORT/TAP/ITERATION`.
    ///
    /// Clients that add a version, `/v1/messages`, and those that add none, `/chat/completions`, reach the same.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/{}/{}", self.line.port(), self.line.id(), self.address)
    }

    /// Forwards to `base_url` instead: a gateway, a server on this machine, a scripted model. It is written as for
    /// [`Provider::via`](https://docs.rs/aitest/latest/aitest/struct.Provider.html#method.via); one that is no address is
    /// the error of the first request.
    ///
    /// Who serves is not known then: the report names the model alone, unless [`provider`](Tap::provider) tells.
    #[must_use]
    pub fn to(self, base_url: impl AsRef<str>) -> Self {
        self.line.set(|settings| settings.to = Some(base_url.as_ref().to_owned()));
        self
    }

    /// Says who serves the model, for its name in the report and its price: `groq`, `azure`.
    #[must_use]
    pub fn provider(self, name: impl AsRef<str>) -> Self {
        self.line.set(|settings| settings.provider = Some(name.as_ref().to_owned()));
        self
    }

    /// At most `requests` in a minute, as [`Provider::rpm`](https://docs.rs/aitest/latest/aitest/struct.Provider.html#method.rpm):
    /// over all iterations, tests and processes that ask the same model at the same address with the same key.
    #[must_use]
    pub fn rpm(self, requests: u32) -> Self {
        self.line.set(|settings| settings.limits.rpm = Some(requests));
        self
    }

    /// At most `tokens` in a minute.
    #[must_use]
    pub fn tpm(self, tokens: u32) -> Self {
        self.line.set(|settings| settings.limits.tpm = Some(tokens));
        self
    }

    /// At most `requests` in flight in one process, instead of `AITEST_MAX_IN_FLIGHT`.
    #[must_use]
    pub fn max_in_flight(self, requests: u32) -> Self {
        self.line.set(|settings| settings.limits.max_in_flight = Some(requests));
        self
    }
}

/// Its base URL.
impl fmt::Display for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base_url())
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tap({})", self.base_url())
    }
}
