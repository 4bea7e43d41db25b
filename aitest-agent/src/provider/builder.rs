use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::openai::OpenAiModel;
use super::resolve::{self, Endpoint, Target};
use super::{Limits, Model, ProviderError};

/// Which model is asked, where, and how. Plain data, cheap to clone; nothing is read before the first run.
///
/// ```
/// # use aitest_agent as aitest;
/// use aitest::Provider;
///
/// let provider = Provider::new("openai/gpt-5-mini").max_tokens(2_000);
/// let local = Provider::compatible("http://localhost:11434/v1", "qwen3:8b").temperature(0.0);
/// ```
///
/// | Name | Key | Address |
/// | --- | --- | --- |
/// | `openai/MODEL` | `OPENAI_API_KEY` | `OPENAI_BASE_URL`, else OpenAI's |
/// | `azure/DEPLOYMENT` | `AZURE_API_KEY` or `AZURE_OPENAI_API_KEY` | `AZURE_API_BASE` or `AZURE_OPENAI_ENDPOINT`; `AZURE_API_VERSION` or `AZURE_OPENAI_API_VERSION`, else `2024-10-21` |
///
/// Keys that were read are replaced wherever they would appear in a record.
#[derive(Clone)]
pub struct Provider {
    target: Target,
    options: Options,
}

/// What is sent with every request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) key_variable: Option<Arc<str>>,
    pub(crate) temperature: Option<f64>,
    pub(crate) max_tokens: Option<u32>,
    pub(crate) request_timeout: Option<Duration>,
    pub(crate) limits: Limits,
}

impl Provider {
    /// The model `name`, written `provider/model`: `openai/gpt-5-mini`, `azure/my-deployment`.
    ///
    /// An unknown provider or a missing key is the error of the first run, and names what is known and what is missing.
    pub fn new(name: impl AsRef<str>) -> Self {
        Provider::of(Target::Named(name.as_ref().into()))
    }

    /// `model` on any server that speaks OpenAI's chat completions at `base_url`, the part before
    /// `/chat/completions`: `http://localhost:11434/v1`.
    ///
    /// No key is sent unless [`api_key_env`](Provider::api_key_env) names one.
    pub fn compatible(base_url: impl AsRef<str>, model: impl AsRef<str>) -> Self {
        Provider::of(Target::Compatible { base_url: base_url.as_ref().into(), model: model.as_ref().into() })
    }

    /// A model behind a client of your own, which has its own key and time limit.
    pub fn custom(model: Arc<dyn Model>) -> Self {
        Provider::of(Target::Custom(model))
    }

    pub(crate) fn of(target: Target) -> Self {
        Provider { target, options: Options::default() }
    }

    /// Reads the key from the environment variable `name`.
    #[must_use]
    pub fn api_key_env(mut self, name: impl AsRef<str>) -> Self {
        self.options.key_variable = Some(name.as_ref().into());
        self
    }

    /// The sampling temperature; by default none is sent, and the provider's holds.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.options.temperature = Some(temperature);
        self
    }

    /// The most tokens of one answer; by default none is sent, and the provider's holds.
    #[must_use]
    pub fn max_tokens(mut self, tokens: u32) -> Self {
        self.options.max_tokens = Some(tokens);
        self
    }

    /// How long one request may take; 10 minutes by default.
    #[must_use]
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.options.request_timeout = Some(limit);
        self
    }

    /// The base URL of an OpenAI-compatible endpoint, for agents that are not aitest's. Ask for it in each iteration:
    /// a scripted model answers every iteration under an address of its own.
    ///
    /// # Errors
    /// As of the first run: an unknown provider, an address that is missing or cannot be read. A
    /// [`custom`](Provider::custom) model has no address.
    pub fn base_url(&self) -> Result<String, ProviderError> {
        resolve::base_url(&self.target, &resolve::environment)
    }

    /// The model, ready to be asked.
    pub(crate) fn connect(&self) -> Result<Arc<dyn Model>, ProviderError> {
        if let Target::Custom(model) = &self.target {
            return Ok(Arc::clone(model));
        }
        let endpoint = Endpoint::resolve(&self.target, &self.options, &resolve::environment)?;
        Ok(Arc::new(OpenAiModel::new(endpoint, &self.options)?))
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(super) fn limits_mut(&mut self) -> &mut Limits {
        &mut self.options.limits
    }

    /// Who would serve which model, as far as that is known without asking.
    pub(crate) fn identity(&self) -> (String, String) {
        self.target.identity()
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (provider, model) = self.identity();
        write!(f, "Provider({provider}/{model})")
    }
}

impl From<&str> for Provider {
    fn from(name: &str) -> Self {
        Provider::new(name)
    }
}
