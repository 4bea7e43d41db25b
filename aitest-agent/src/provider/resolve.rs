use std::fmt;
use std::sync::Arc;

use aitest_runtime::host;
use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};

use super::builder::Options;
use super::endpoint_name::without_iteration;
use super::{Model, ProviderError, ProviderErrorKind};

/// The latest version of Azure's data plane that is not a preview.
const AZURE_API_VERSION: &str = "2024-10-21";
const OPENAI_BASE_URL: &str = "https://api.openai.com/v1";

/// Reads an environment variable; unset, empty and unreadable are the same.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The process's environment.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// What a [`Provider`](super::Provider) points at.
#[derive(Clone)]
pub(crate) enum Target {
    /// `provider/model`.
    Named(Arc<str>),
    /// A server that speaks OpenAI's chat completions.
    Compatible { base_url: Arc<str>, model: Arc<str> },
    /// The same, inside this process: the address is asked for in each run.
    #[cfg_attr(not(feature = "testing"), expect(dead_code, reason = "made by the scripted model only"))]
    Hosted {
        provider: &'static str,
        model: Arc<str>,
        key: Option<Arc<str>>,
        address: Arc<dyn Fn() -> String + Send + Sync>,
    },
    /// A client of the user's own.
    Custom(Arc<dyn Model>),
}

/// Where requests go, and with which key.
pub(crate) struct Endpoint {
    pub(crate) provider: String,
    pub(crate) model: String,
    /// What breakers know it by.
    pub(crate) name: String,
    pub(crate) base_url: String,
    pub(crate) url: Url,
    pub(crate) key: Option<Key>,
    /// The field that limits an answer's tokens. OpenAI has deprecated `max_tokens`, which is all that others know.
    pub(crate) token_limit_field: &'static str,
}

/// A header that carries a key, and the variable that it was read from.
pub(crate) struct Key {
    pub(crate) header: HeaderName,
    pub(crate) value: HeaderValue,
    pub(crate) variable: String,
}

impl Target {
    /// Provider and model.
    pub(crate) fn identity(&self) -> (String, String) {
        match self {
            Target::Named(name) => {
                let (provider, model) = name.split_once('/').unwrap_or(("", name));
                (provider.to_owned(), model.to_owned())
            }
            Target::Compatible { model, .. } => ("compatible".to_owned(), model.to_string()),
            Target::Hosted { provider, model, .. } => ((*provider).to_owned(), model.to_string()),
            Target::Custom(model) => (model.provider().to_owned(), model.model().to_owned()),
        }
    }

    fn kind(&self) -> Result<Kind<'_>, ProviderError> {
        match self {
            Target::Named(name) => match name.split_once('/') {
                Some((_, "")) => Err(configuration(format!("`{name}` names no model: write `{name}MODEL`"))),
                Some(("openai", _)) => Ok(Kind::OpenAi),
                Some(("azure", _)) => Ok(Kind::Azure),
                Some((provider, _)) => Err(configuration(format!(
                    "unknown provider `{provider}` in `{name}`: known are `openai/` and `azure/`; \
                     for a server that speaks OpenAI's chat completions use `Provider::compatible(base_url, model)`"
                ))),
                None => Err(configuration(format!("`{name}` names no provider: write `openai/{name}`"))),
            },
            Target::Compatible { base_url, .. } => Ok(Kind::Compatible { base_url }),
            Target::Hosted { key, address, .. } => Ok(Kind::Hosted { key: key.as_deref(), address: address.as_ref() }),
            Target::Custom(model) => Err(configuration(format!("{model:?} is a custom model and has no address"))),
        }
    }
}

enum Kind<'a> {
    OpenAi,
    Azure,
    Compatible { base_url: &'a str },
    Hosted { key: Option<&'a str>, address: &'a (dyn Fn() -> String + Send + Sync) },
}

impl Kind<'_> {
    fn base_url(&self, env: Environment<'_>) -> Result<String, ProviderError> {
        let url = match self {
            Kind::OpenAi => env("OPENAI_BASE_URL").unwrap_or_else(|| OPENAI_BASE_URL.to_owned()),
            Kind::Azure => first(env, &["AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT"])?.1,
            Kind::Compatible { base_url } => (*base_url).to_owned(),
            Kind::Hosted { address, .. } => address(),
        };
        Ok(url.trim().trim_end_matches('/').to_owned())
    }

    /// The header of the key, the scheme before it, and where the key may stand.
    fn key(&self) -> (HeaderName, &'static str, &'static [&'static str]) {
        const BEARER: (HeaderName, &str) = (reqwest::header::AUTHORIZATION, "Bearer ");
        match self {
            Kind::OpenAi => (BEARER.0, BEARER.1, &["OPENAI_API_KEY"]),
            Kind::Azure => (HeaderName::from_static("api-key"), "", &["AZURE_API_KEY", "AZURE_OPENAI_API_KEY"]),
            Kind::Compatible { .. } | Kind::Hosted { .. } => (BEARER.0, BEARER.1, &[]),
        }
    }
}

/// The base URL alone.
pub(crate) fn base_url(target: &Target, env: Environment<'_>) -> Result<String, ProviderError> {
    target.kind()?.base_url(env)
}

impl Endpoint {
    pub(crate) fn resolve(target: &Target, options: &Options, env: Environment<'_>) -> Result<Self, ProviderError> {
        let kind = target.kind()?;
        let (provider, model) = target.identity();
        let base_url = kind.base_url(env)?;
        let url = request_url(&kind, &base_url, &model, env)?;
        let key = read_key(&kind, options.key_variable.as_deref(), env)?;
        let token_limit_field = match kind {
            Kind::OpenAi | Kind::Azure => "max_completion_tokens",
            Kind::Compatible { .. } | Kind::Hosted { .. } => "max_tokens",
        };
        let name = format!("{} {model} {}", without_iteration(&base_url), key.as_ref().map_or("", |key| &key.variable));
        Ok(Endpoint { provider, model, name, base_url, url, key, token_limit_field })
    }

    /// `provider/model`.
    pub(crate) fn label(&self) -> String {
        format!("{}/{}", self.provider, self.model)
    }
}

fn request_url(kind: &Kind<'_>, base_url: &str, model: &str, env: Environment<'_>) -> Result<Url, ProviderError> {
    let mut url =
        Url::parse(base_url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()).ok_or_else(
            || configuration(format!("the base URL `{base_url}` is no address: write `http://HOST:PORT/v1`")),
        )?;
    if let Some(password) = url.password() {
        host::secret("base URL password", password);
    }
    let deployments = matches!(kind, Kind::Azure) && !base_url.ends_with("/openai/v1");
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty();
        if deployments {
            path.extend(["openai", "deployments", model]);
        }
        path.extend(["chat", "completions"]);
    }
    if deployments {
        let version = env("AZURE_API_VERSION").or_else(|| env("AZURE_OPENAI_API_VERSION"));
        url.query_pairs_mut().append_pair("api-version", version.as_deref().unwrap_or(AZURE_API_VERSION));
    }
    Ok(url)
}

fn read_key(kind: &Kind<'_>, variable: Option<&str>, env: Environment<'_>) -> Result<Option<Key>, ProviderError> {
    let (header, scheme, variables) = kind.key();
    let (variable, secret) = match (variable, kind) {
        (Some(variable), _) => first(env, &[variable])?,
        (None, Kind::Hosted { key: Some(key), .. }) => ("the script".to_owned(), (*key).to_owned()),
        (None, _) if variables.is_empty() => return Ok(None),
        (None, _) => first(env, variables)?,
    };
    let secret = secret.trim();
    host::secret(&variable, secret);
    let mut value = HeaderValue::try_from(format!("{scheme}{secret}"))
        .map_err(|_| configuration(format!("{variable} holds no key: a character in it cannot stand in a header")))?;
    value.set_sensitive(true);
    Ok(Some(Key { header, value, variable }))
}

/// The first of `names` that is set, with its value.
fn first(env: Environment<'_>, names: &[&str]) -> Result<(String, String), ProviderError> {
    names
        .iter()
        .find_map(|name| Some(((*name).to_owned(), env(name)?)))
        .ok_or_else(|| configuration(format!("{} is not set", names.join(" or "))))
}

fn configuration(message: String) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Configuration, message)
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.variable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(name: &str, env: &[(&str, &str)]) -> Result<Endpoint, ProviderError> {
        let env = |wanted: &str| env.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned());
        Endpoint::resolve(&Target::Named(name.into()), &Options::default(), &env)
    }

    fn message(name: &str, env: &[(&str, &str)]) -> String {
        resolve(name, env).err().unwrap().to_string()
    }

    #[test]
    fn openai() {
        let endpoint = resolve("openai/gpt-5-mini", &[("OPENAI_API_KEY", "sk-12345678\n")]).unwrap();
        assert_eq!(endpoint.url.as_str(), "https://api.openai.com/v1/chat/completions");
        let key = endpoint.key.unwrap();
        assert_eq!(key.value.to_str().unwrap(), "Bearer sk-12345678");
        assert!(!format!("{key:?} {:?}", key.value).contains("12345678"));
        let env = [("OPENAI_API_KEY", "sk"), ("OPENAI_BASE_URL", "http://localhost:9/v1/")];
        assert_eq!(resolve("openai/m", &env).unwrap().url.as_str(), "http://localhost:9/v1/chat/completions");
    }

    #[test]
    fn azure() {
        let env = [("AZURE_API_BASE", "https://x.openai.azure.com/"), ("AZURE_OPENAI_API_KEY", "k")];
        let endpoint = resolve("azure/my model", &env).unwrap();
        assert_eq!(
            endpoint.url.as_str(),
            "https://x.openai.azure.com/openai/deployments/my%20model/chat/completions?api-version=2024-10-21"
        );
        assert_eq!(endpoint.key.unwrap().header, "api-key");
        let env = [("AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com/openai/v1"), ("AZURE_API_KEY", "k")];
        let url = resolve("azure/m", &env).unwrap().url;
        assert_eq!(url.as_str(), "https://x.openai.azure.com/openai/v1/chat/completions");
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(message("openai/m", &[]), "OPENAI_API_KEY is not set");
        assert_eq!(message("azure/m", &[]), "AZURE_API_BASE or AZURE_OPENAI_ENDPOINT is not set");
        assert_eq!(
            message("azure/m", &[("AZURE_API_BASE", "https://x")]),
            "AZURE_API_KEY or AZURE_OPENAI_API_KEY is not set"
        );
        assert!(message("opnai/m", &[]).starts_with("unknown provider `opnai` in `opnai/m`: known are `openai/`"));
        assert_eq!(message("gpt-5", &[]), "`gpt-5` names no provider: write `openai/gpt-5`");
        assert_eq!(message("openai/", &[]), "`openai/` names no model: write `openai/MODEL`");
    }

    #[test]
    fn what_cannot_be_used_is_named_and_a_key_never_shown() {
        let env = [("OPENAI_API_KEY", "k"), ("OPENAI_BASE_URL", "localhost:11434/v1")];
        assert!(message("openai/m", &env).starts_with("the base URL `localhost:11434/v1` is no address"));
        let message = message("openai/m", &[("OPENAI_API_KEY", "secret\u{7}key")]);
        assert_eq!(message, "OPENAI_API_KEY holds no key: a character in it cannot stand in a header");
    }
}
