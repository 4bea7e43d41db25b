use std::sync::Arc;

use aitest_runtime::host;
use reqwest::Url;
use reqwest::header::HeaderName;

use super::builder::Options;
use super::credential::Credential;
use super::{Model, ProviderError, ProviderErrorKind, sign_in};

/// The latest version of Azure's data plane that is not a preview.
const AZURE_API_VERSION: &str = "2024-10-21";
const OPENAI_BASE_URL: &str = "https://api.openai.com/v1";
const GITHUB_BASE_URL: &str = "https://models.github.ai/inference";

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

/// Where requests go, and what authorizes them.
pub(crate) struct Endpoint {
    pub(crate) provider: String,
    pub(crate) model: String,
    /// What breakers know it by.
    pub(crate) name: String,
    pub(crate) base_url: String,
    pub(crate) url: Url,
    pub(crate) credential: Credential,
    /// The field that limits an answer's tokens. OpenAI has deprecated `max_tokens`, which is all that others know.
    pub(crate) token_limit_field: &'static str,
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
                Some(("github", _)) => Ok(Kind::GitHub),
                Some((provider, _)) => Err(configuration(format!(
                    "unknown provider `{provider}` in `{name}`: known are `openai/`, `azure/` and `github/`; \
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
    GitHub,
    Compatible { base_url: &'a str },
    Hosted { key: Option<&'a str>, address: &'a (dyn Fn() -> String + Send + Sync) },
}

impl Kind<'_> {
    fn base_url(&self, env: Environment<'_>) -> Result<String, ProviderError> {
        let url = match self {
            Kind::OpenAi => env("OPENAI_BASE_URL").unwrap_or_else(|| OPENAI_BASE_URL.to_owned()),
            Kind::Azure => first(env, &["AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT"])?.1,
            Kind::GitHub => GITHUB_BASE_URL.to_owned(),
            Kind::Compatible { base_url } => (*base_url).to_owned(),
            Kind::Hosted { address, .. } => address(),
        };
        Ok(url.trim().trim_end_matches('/').to_owned())
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
        let credential = credential(&kind, options.key_variable.as_deref(), env)?;
        let token_limit_field = match kind {
            Kind::OpenAi | Kind::Azure => "max_completion_tokens",
            Kind::GitHub | Kind::Compatible { .. } | Kind::Hosted { .. } => "max_tokens",
        };
        let name = format!("{base_url} {model} {}", credential.identity());
        Ok(Endpoint { provider, model, name, base_url, url, credential, token_limit_field })
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

fn credential(kind: &Kind<'_>, variable: Option<&str>, env: Environment<'_>) -> Result<Credential, ProviderError> {
    match (kind, variable) {
        (Kind::Azure, Some(variable)) => {
            let (variable, key) = first(env, &[variable])?;
            Credential::key(HeaderName::from_static("api-key"), "", &variable, &key)
        }
        (Kind::Azure, None) => sign_in::azure(env),
        (Kind::GitHub, None) => sign_in::github(env),
        (_, Some(variable)) => {
            let (variable, key) = first(env, &[variable])?;
            Credential::bearer(&variable, &key)
        }
        (Kind::OpenAi, None) => {
            let (variable, key) = first(env, &["OPENAI_API_KEY"])?;
            Credential::bearer(&variable, &key)
        }
        (Kind::Hosted { key: Some(key), .. }, None) => Credential::bearer("the script", key),
        (Kind::Hosted { key: None, .. } | Kind::Compatible { .. }, None) => Ok(Credential::None),
    }
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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use reqwest::header::HeaderValue;

    use super::*;

    fn resolve(name: &str, env: &[(&str, &str)]) -> Result<Endpoint, ProviderError> {
        let env = |wanted: &str| env.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned());
        Endpoint::resolve(&Target::Named(name.into()), &Options::default(), &env)
    }

    fn header(endpoint: &Endpoint) -> (HeaderName, HeaderValue) {
        endpoint.credential.header().now_or_never().expect("nobody is asked").unwrap().unwrap()
    }

    fn message(name: &str, env: &[(&str, &str)]) -> String {
        resolve(name, env).err().unwrap().to_string()
    }

    #[test]
    fn openai() {
        let endpoint = resolve("openai/gpt-5-mini", &[("OPENAI_API_KEY", "sk-12345678\n")]).unwrap();
        assert_eq!(endpoint.url.as_str(), "https://api.openai.com/v1/chat/completions");
        let (name, key) = header(&endpoint);
        assert_eq!((name.as_str(), key.to_str().unwrap()), ("authorization", "Bearer sk-12345678"));
        assert!(!format!("{:?} {key:?}", endpoint.credential).contains("12345678"));
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
        assert_eq!(header(&endpoint).0, "api-key");
        let env = [("AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com/openai/v1"), ("AZURE_API_KEY", "k")];
        let url = resolve("azure/m", &env).unwrap().url;
        assert_eq!(url.as_str(), "https://x.openai.azure.com/openai/v1/chat/completions");
    }

    #[test]
    fn who_signs_in_is_decided_without_asking_anybody() {
        let azure = |env: &[(&str, &str)]| {
            let env: Vec<_> = env.iter().copied().chain([("AZURE_API_BASE", "https://x")]).collect();
            resolve("azure/m", &env).unwrap().credential.origin().unwrap()
        };
        assert_eq!(azure(&[]), "Azure");
        assert_eq!(azure(&[("AZURE_OPENAI_AD_TOKEN", "ad-token-1")]), "AZURE_OPENAI_AD_TOKEN");
        assert_eq!(azure(&[("AZURE_OPENAI_AD_TOKEN", "t"), ("AZURE_OPENAI_API_KEY", "k")]), "AZURE_OPENAI_API_KEY");
        let github = resolve("github/openai/gpt-5", &[("GITHUB_TOKEN", "gh-token-1")]).unwrap();
        assert_eq!(github.url.as_str(), "https://models.github.ai/inference/chat/completions");
        assert_eq!((github.model.as_str(), header(&github).1.to_str().unwrap()), ("openai/gpt-5", "Bearer gh-token-1"));
        assert_eq!(resolve("github/m", &[]).unwrap().credential.origin().unwrap(), "GitHub");
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(message("openai/m", &[]), "OPENAI_API_KEY is not set");
        assert_eq!(message("azure/m", &[]), "AZURE_API_BASE or AZURE_OPENAI_ENDPOINT is not set");
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
