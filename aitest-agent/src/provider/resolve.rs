use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::builder::Options;
use super::credential::{Credential, Missing};
use super::endpoint_name::without_iteration;
use super::environment::{Environment, configuration, first};
use super::openai::Dialect;
use super::target::{Source, Target};
use super::{ProviderError, Wire};
use crate::cassette;
use crate::secretive::register_password;

/// The latest version of Azure's data plane that is not a preview.
const AZURE_API_VERSION: &str = "2024-10-21";

/// The address of a provider that has none, where a recording answers.
const NOWHERE: &str = "http://nowhere.invalid";

/// Where requests go, and what authorizes them.
pub(crate) struct Endpoint {
    pub(crate) provider: String,
    pub(crate) model: String,
    /// What breakers know it by.
    pub(crate) name: String,
    pub(crate) base_url: String,
    pub(crate) url: Url,
    pub(crate) credential: Credential,
    /// What every request says beside it.
    pub(crate) headers: HeaderMap,
    pub(crate) wire: Wire,
    pub(crate) dialect: &'static Dialect,
}

/// The base URL alone.
pub(crate) fn base_url(target: &Target, options: &Options, env: Environment<'_>) -> Result<String, ProviderError> {
    target.source()?.base_url(options.base_url.as_deref(), env)
}

impl Endpoint {
    pub(crate) fn resolve(target: &Target, options: &Options, env: Environment<'_>) -> Result<Self, ProviderError> {
        let source = target.source()?;
        let (wire, dialect) = (source.row.wire, source.row.dialect);
        let (provider, model) = target.identity();
        wire.accepts(&options.request).map_err(|refusal| configuration(format!("{provider}/{model} {refusal}")))?;
        let (base_url, missing) = match source.base_url(options.base_url.as_deref(), env) {
            Err(missing) if cassette::may_replay() => (NOWHERE.to_owned(), Some(missing)),
            base_url => (base_url?, None),
        };
        let credential = missing.map_or_else(|| credential(&source, options.key_variable.as_deref(), env), Err);
        let credential = match credential {
            Err(error) if cassette::may_replay() => {
                let named = options.key_variable.as_deref().or(source.row.key_variables.first().copied());
                Credential::Missing(Missing { error, variable: named.unwrap_or_default().to_owned() })
            }
            credential => credential?,
        };
        let url = request_url(&source, &base_url, &model, env)?;
        let headers = headers(&source, options)?;
        let name = format!("{} {model} {}", without_iteration(&base_url), credential.identity());
        Ok(Endpoint { provider, model, name, base_url, url, credential, headers, wire, dialect })
    }

    /// `provider/model`.
    pub(crate) fn label(&self) -> String {
        format!("{}/{}", self.provider, self.model)
    }
}

fn request_url(source: &Source<'_>, base_url: &str, model: &str, env: Environment<'_>) -> Result<Url, ProviderError> {
    let mut url =
        Url::parse(base_url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()).ok_or_else(
            || configuration(format!("the base URL `{base_url}` is no address: write `http://HOST:PORT/v1`")),
        )?;
    register_password("base URL password", &url);
    let deployments = source.row.deployments && !base_url.ends_with("/openai/v1");
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty();
        if deployments {
            path.extend(["openai", "deployments", model]);
        }
        path.extend(source.row.wire.path(model));
    }
    if deployments {
        let version = env("AZURE_API_VERSION").or_else(|| env("AZURE_OPENAI_API_VERSION"));
        url.query_pairs_mut().append_pair("api-version", version.as_deref().unwrap_or(AZURE_API_VERSION));
    }
    Ok(url)
}

fn credential(source: &Source<'_>, variable: Option<&str>, env: Environment<'_>) -> Result<Credential, ProviderError> {
    let (variable, secret) = match (variable, source.key, source.row.sign_in) {
        (Some(variable), _, _) => first(env, &[variable])?,
        (None, Some(key), _) => ("the script".to_owned(), key.to_owned()),
        (None, None, Some(sign_in)) => return sign_in(env),
        (None, None, None) if source.row.key_variables.is_empty() => return Ok(Credential::None),
        (None, None, None) => first(env, source.row.key_variables)?,
    };
    let (header, scheme) = source.row.key_header;
    Credential::key(HeaderName::from_static(header), scheme, &variable, &secret)
}

fn headers(source: &Source<'_>, options: &Options) -> Result<HeaderMap, ProviderError> {
    let mut headers = HeaderMap::new();
    for (name, value) in source.row.headers {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    for (name, value) in &options.headers {
        let key = HeaderName::try_from(&**name)
            .map_err(|_| configuration(format!("`{name}` is no name of a header: write letters, digits and `-`")))?;
        let mut value = HeaderValue::try_from(&**value)
            .map_err(|_| configuration(format!("the value of the header `{name}` cannot stand in a header")))?;
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

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
    fn every_other_provider() {
        for (name, key, url, expected) in [
            ("anthropic/claude-opus-5", "ANTHROPIC_API_KEY", "https://api.anthropic.com/v1/messages", "x-api-key: k"),
            (
                "gemini/gemini-3-flash",
                "GOOGLE_API_KEY",
                "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-flash:generateContent",
                "x-goog-api-key: k",
            ),
            (
                "openrouter/qwen/qwen3",
                "OPENROUTER_API_KEY",
                "https://openrouter.ai/api/v1/chat/completions",
                "authorization: Bearer k",
            ),
            ("groq/m", "GROQ_API_KEY", "https://api.groq.com/openai/v1/chat/completions", "authorization: Bearer k"),
            ("mistral/m", "MISTRAL_API_KEY", "https://api.mistral.ai/v1/chat/completions", "authorization: Bearer k"),
            ("deepseek/m", "DEEPSEEK_API_KEY", "https://api.deepseek.com/chat/completions", "authorization: Bearer k"),
            ("xai/m", "XAI_API_KEY", "https://api.x.ai/v1/chat/completions", "authorization: Bearer k"),
            (
                "github/openai/gpt-5",
                "GITHUB_TOKEN",
                "https://models.github.ai/inference/chat/completions",
                "authorization: Bearer k",
            ),
        ] {
            let endpoint = resolve(name, &[(key, "k")]).unwrap();
            assert_eq!((endpoint.url.as_str(), &*endpoint.label()), (url, name));
            let (name, key) = header(&endpoint);
            assert_eq!(format!("{name}: {}", key.to_str().unwrap()), expected);
        }
        let ollama = resolve("ollama/qwen3:8b", &[("OLLAMA_HOST", "0.0.0.0")]).unwrap();
        assert_eq!(ollama.url.as_str(), "http://127.0.0.1:11434/v1/chat/completions");
        assert!(matches!(ollama.credential, Credential::None));
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
        assert_eq!(resolve("github/m", &[]).unwrap().credential.origin().unwrap(), "GitHub");
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(message("openai/m", &[]), "OPENAI_API_KEY is not set: export it where the tests run");
        assert_eq!(
            message("azure/m", &[]),
            "AZURE_API_BASE or AZURE_OPENAI_ENDPOINT is not set: export it where the tests run"
        );
        assert_eq!(
            message("opnai/m", &[]),
            "unknown provider `opnai` in `opnai/m`: known are `openai/`, `azure/`, `anthropic/`, `gemini/`, `ollama/`, \
             `openrouter/`, `groq/`, `mistral/`, `deepseek/`, `xai/`, `github/`; for a server that speaks OpenAI's chat \
             completions use `Provider::compatible(base_url, model)`"
        );
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
