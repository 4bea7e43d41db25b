use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::environment::environment;
use super::exchange::HttpModel;
use super::resolve::{self, Endpoint};
use super::target::Target;
use super::{Connected, Limits, Model, ProviderError, ReasoningEffort, RequestOptions};
use crate::secretive::register_header;

/// Which model is asked, where, and how. Plain data, cheap to clone; nothing is read before the first run.
///
/// ```
/// # use aitest_agent as aitest;
/// use aitest::Provider;
///
/// let provider = Provider::new("openai/gpt-5-mini").max_tokens(2_000);
/// let local = Provider::compatible("http://localhost:1234/v1", "qwen3:8b").temperature(0.0);
/// ```
///
/// | Name | Key | Base URL |
/// | --- | --- | --- |
/// | `openai/MODEL` | `OPENAI_API_KEY` | `OPENAI_BASE_URL` |
/// | `azure/DEPLOYMENT` | `AZURE_API_KEY` or `AZURE_OPENAI_API_KEY`, else whoever can sign in to Azure | `AZURE_API_BASE` or `AZURE_OPENAI_ENDPOINT`; `AZURE_API_VERSION` or `AZURE_OPENAI_API_VERSION`, else `2024-10-21` |
/// | `anthropic/MODEL` | `ANTHROPIC_API_KEY` | `ANTHROPIC_BASE_URL` |
/// | `gemini/MODEL` | `GEMINI_API_KEY` or `GOOGLE_API_KEY` | `GEMINI_BASE_URL` or `GOOGLE_GEMINI_BASE_URL` |
/// | `ollama/MODEL` | none | `OLLAMA_HOST` |
/// | `openrouter/MODEL` | `OPENROUTER_API_KEY` | `OPENROUTER_BASE_URL` |
/// | `groq/MODEL` | `GROQ_API_KEY` | `GROQ_BASE_URL` |
/// | `mistral/MODEL` | `MISTRAL_API_KEY` | `MISTRAL_BASE_URL` |
/// | `deepseek/MODEL` | `DEEPSEEK_API_KEY` | `DEEPSEEK_BASE_URL` |
/// | `xai/MODEL` | `XAI_API_KEY` | `XAI_BASE_URL` |
/// | `github/PUBLISHER/MODEL` | `GITHUB_TOKEN`, else `gh`'s | `GITHUB_MODELS_BASE_URL` |
///
/// Without its variable, the base URL is the provider's own; Azure has none. What differs between providers:
/// [docs/providers.md](https://github.com/aitest-rs/aitest/blob/main/docs/providers.md). Who signs in, in which order:
/// [docs/sign-in.md](https://github.com/aitest-rs/aitest/blob/main/docs/sign-in.md).
///
/// Keys that were read are replaced wherever they would appear in a record.
#[derive(Clone)]
pub struct Provider {
    target: Target,
    options: Options,
    /// Whether the setting `model` named it.
    follows_setting: bool,
}

/// What is sent with every request, and how.
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) base_url: Option<Arc<str>>,
    pub(crate) key_variable: Option<Arc<str>>,
    pub(crate) request: RequestOptions,
    pub(crate) headers: Vec<(Arc<str>, Arc<str>)>,
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
    /// `/chat/completions`: `http://localhost:1234/v1`.
    ///
    /// No key is sent unless [`api_key_env`](Provider::api_key_env) names one.
    pub fn compatible(base_url: impl AsRef<str>, model: impl AsRef<str>) -> Self {
        Provider::of(Target::Compatible { base_url: base_url.as_ref().into(), model: model.as_ref().into() })
    }

    /// A model behind a client of your own, which has its own key, headers and time limit.
    pub fn custom(model: Arc<dyn Model>) -> Self {
        Provider::of(Target::Custom(model))
    }

    pub(crate) fn of(target: Target) -> Self {
        Provider { target, options: Options::default(), follows_setting: false }
    }

    /// Sends requests to `base_url` instead of the provider's own, whatever its variable says: a gateway that speaks the
    /// provider's format. The provider's version is added to an address that does not end in one.
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// use aitest::Provider;
    ///
    /// let provider = Provider::new("anthropic/claude-opus-5").via("https://gateway.example/anthropic");
    /// assert_eq!(provider.base_url().unwrap(), "https://gateway.example/anthropic/v1");
    /// ```
    #[must_use]
    pub fn via(mut self, base_url: impl AsRef<str>) -> Self {
        self.options.base_url = Some(base_url.as_ref().into());
        self
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
        self.options.request.temperature = Some(temperature);
        self
    }

    /// The most tokens of one answer, reasoning included; by default none is sent, and the provider's holds. Anthropic
    /// requires one: 16,000 is sent there.
    #[must_use]
    pub fn max_tokens(mut self, tokens: u32) -> Self {
        self.options.request.max_tokens = Some(tokens);
        self
    }

    /// The seed of the sampling, such as [`Iteration::seed`](aitest_runtime::host::Iteration::seed); its lowest 31 bits are sent, which
    /// every provider takes. Providers promise equal answers at best. Anthropic has none: a seed is an error there.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.request.seed = Some(seed);
        self
    }

    /// The probability mass that is sampled from, above 0 and up to 1; by default none is sent.
    #[must_use]
    pub fn top_p(mut self, mass: f64) -> Self {
        self.options.request.top_p = Some(mass);
        self
    }

    /// How much the model thinks before it answers; by default nothing is sent, and the provider's default holds.
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// use aitest::{Provider, ReasoningEffort};
    ///
    /// let provider = Provider::new("anthropic/claude-opus-5").reasoning_effort(ReasoningEffort::Low);
    /// ```
    #[must_use]
    pub fn reasoning_effort(mut self, effort: ReasoningEffort) -> Self {
        self.options.request.reasoning_effort = Some(effort);
        self
    }

    /// Whether the images of tools' results are sent to the model: yes, except to DeepSeek. A model that sees none
    /// refuses them.
    #[must_use]
    pub fn images(mut self, sent: bool) -> Self {
        self.options.request.images = Some(sent);
        self
    }

    /// Sets the field `key` at the top of every request's body, in the provider's own format. It is written last, and
    /// replaces the field that the library writes itself.
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// use aitest::Provider;
    ///
    /// let provider = Provider::new("openai/gpt-5-mini").extra_body("service_tier", "flex");
    /// ```
    #[must_use]
    pub fn extra_body(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.options.request.extra_body.insert(key.into(), value.into());
        self
    }

    /// Sends the header `name` with every request. When its name looks like a secret's (`key`, `token`, `auth`,
    /// `secret`, `password`, `cookie`), the value is replaced wherever it would appear in a record.
    #[must_use]
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        const SECRET: [&str; 6] = ["key", "token", "auth", "secret", "password", "cookie"];
        let (name, value) = (name.as_ref(), value.as_ref());
        let lower = name.to_ascii_lowercase();
        if SECRET.iter().any(|word| lower.contains(word)) {
            register_header(name, value);
        }
        self.options.headers.push((name.into(), value.into()));
        self
    }

    /// How long one request may take; 10 minutes by default.
    #[must_use]
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.options.request_timeout = Some(limit);
        self
    }

    /// The base URL of the endpoint, for agents that are not aitest's. Ask for it in each iteration: a scripted model
    /// answers every iteration under an address of its own.
    ///
    /// # Errors
    /// As of the first run: an unknown provider, an address that is missing or cannot be read. A
    /// [`custom`](Provider::custom) model has no address.
    pub fn base_url(&self) -> Result<String, ProviderError> {
        resolve::base_url(&self.target, &self.options, &environment)
    }

    /// The model, ready to be asked.
    pub(crate) fn connect(&self) -> Result<Connected, ProviderError> {
        if let Target::Custom(model) = &self.target {
            return Ok(Connected::Custom(Arc::clone(model)));
        }
        let endpoint = Endpoint::resolve(&self.target, &self.options, &environment)?;
        Ok(Connected::Http(Box::new(HttpModel::new(endpoint, &self.options)?)))
    }

    /// What every request asks for.
    pub(crate) fn request_options(&self) -> &RequestOptions {
        &self.options.request
    }

    pub(crate) fn limits(&self) -> Limits {
        self.options.limits
    }

    pub(super) fn limits_mut(&mut self) -> &mut Limits {
        &mut self.options.limits
    }

    /// Notes that the setting `model` named it.
    pub(super) fn following(self) -> Self {
        Provider { follows_setting: true, ..self }
    }

    /// Whether the setting `model` named it.
    pub(crate) fn follows_setting(&self) -> bool {
        self.follows_setting
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
