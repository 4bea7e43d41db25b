use std::sync::Arc;

use super::environment::{Environment, configuration, first};
use super::table::{COMPATIBLE, Known};
use super::{Model, ProviderError};

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
    /// Nobody has named one.
    Unset,
    /// A client of the user's own.
    Custom(Arc<dyn Model>),
}

/// A provider's row, with what the target knows better.
pub(crate) struct Source<'a> {
    pub(crate) row: &'static Known,
    /// The base URL that was written in code.
    base_url: Option<String>,
    /// The key that was written in code.
    pub(crate) key: Option<&'a str>,
}

impl Target {
    /// Provider and model.
    pub(crate) fn identity(&self) -> (String, String) {
        match self {
            Target::Named(name) => {
                let (provider, model) = name.split_once('/').unwrap_or(("", name));
                (provider.to_owned(), model.to_owned())
            }
            Target::Compatible { model, .. } => (COMPATIBLE.name.to_owned(), model.to_string()),
            Target::Hosted { provider, model, .. } => ((*provider).to_owned(), model.to_string()),
            Target::Unset => ("unset".to_owned(), "unset".to_owned()),
            Target::Custom(model) => (model.provider().to_owned(), model.model().to_owned()),
        }
    }

    pub(crate) fn source(&self) -> Result<Source<'_>, ProviderError> {
        match self {
            Target::Named(name) => Ok(Source { row: row(name)?, base_url: None, key: None }),
            Target::Compatible { base_url, .. } => {
                Ok(Source { row: &COMPATIBLE, base_url: Some(base_url.to_string()), key: None })
            }
            Target::Hosted { key, address, .. } => {
                Ok(Source { row: &COMPATIBLE, base_url: Some(address()), key: key.as_deref() })
            }
            Target::Unset => Err(configuration(
                "`Provider::default()` names no model: set AITEST_MODEL=openai/gpt-5-mini, or `model` in aitest.toml, or \
                 write `Provider::or(\"openai/gpt-5-mini\")`"
                    .to_owned(),
            )),
            Target::Custom(model) => Err(configuration(format!("{model:?} is a custom model and has no address"))),
        }
    }
}

fn row(name: &str) -> Result<&'static Known, ProviderError> {
    match name.split_once('/') {
        Some((_, "")) => Err(configuration(format!("`{name}` names no model: write `{name}MODEL`"))),
        Some((provider, _)) => Known::find(provider).ok_or_else(|| {
            configuration(format!(
                "unknown provider `{provider}` in `{name}`: known are {}; \
                 for a server that speaks OpenAI's chat completions use `Provider::compatible(base_url, model)`",
                Known::all()
            ))
        }),
        None => Err(configuration(format!("`{name}` names no provider: write `openai/{name}`"))),
    }
}

impl Source<'_> {
    /// The base URL; `instead` is the user's own.
    pub(crate) fn base_url(&self, instead: Option<&str>, env: Environment<'_>) -> Result<String, ProviderError> {
        if let Some(url) = instead.or(self.base_url.as_deref()) {
            return Ok(self.row.complete(url));
        }
        match (first(env, self.row.base_url_variables), self.row.base_url) {
            (Ok((_, url)), _) => Ok(self.row.complete(&url)),
            (Err(_), Some(url)) => Ok(url.to_owned()),
            (Err(missing), None) => Err(missing),
        }
    }
}
