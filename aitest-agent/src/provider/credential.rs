use std::fmt;
use std::sync::Arc;

use aitest_runtime::host;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{RequestBuilder, Response, StatusCode};

use super::shared_token::SharedToken;
use super::{ProviderError, ProviderErrorKind};

/// What authorizes a request.
#[derive(Clone)]
pub(crate) enum Credential {
    /// Nothing.
    None,
    /// A key in a header.
    Key(Key),
    /// A bearer token, fetched when it is first needed.
    Token(Arc<SharedToken>),
    /// Nothing where a key should be, which only a request that is sent in truth needs.
    Missing(Missing),
}

/// A header that carries a key, and the variable that it was read from.
#[derive(Clone)]
pub(crate) struct Key {
    header: HeaderName,
    value: HeaderValue,
    variable: String,
}

/// A key that is missing, and the variable that should have held it.
#[derive(Clone)]
pub(crate) struct Missing {
    pub(crate) error: ProviderError,
    pub(crate) variable: String,
}

/// Why a request got no response.
pub(crate) enum SendFault {
    /// Nobody could sign in; the message is complete.
    SignIn(ProviderError),
    Transport(reqwest::Error),
}

impl Credential {
    /// The key `secret`, read from `variable`, in `header` behind `scheme`.
    ///
    /// # Errors
    /// The key cannot stand in a header.
    pub(crate) fn key(header: HeaderName, scheme: &str, variable: &str, secret: &str) -> Result<Self, ProviderError> {
        let secret = secret.trim();
        host::secret(variable, secret);
        let value = sensitive(&format!("{scheme}{secret}"))
            .ok_or_else(|| configuration(format!("{variable} holds no key: {UNFIT}")))?;
        Ok(Credential::Key(Key { header, value, variable: variable.to_owned() }))
    }

    /// `Authorization: Bearer SECRET`.
    pub(crate) fn bearer(variable: &str, secret: &str) -> Result<Self, ProviderError> {
        Credential::key(AUTHORIZATION, "Bearer ", variable, secret)
    }

    /// The header to send; signs in when there is no token yet, or when it is due.
    ///
    /// # Errors
    /// Nobody could sign in: the message lists what was tried.
    pub(crate) async fn header(&self) -> Result<Option<(HeaderName, HeaderValue)>, ProviderError> {
        Ok(self.authorization().await?.map(|sent| (sent.name, sent.value)))
    }

    /// Sends `call` with the header. A token that was there before and is refused (401) is fetched again, once.
    pub(crate) async fn send(&self, call: RequestBuilder) -> Result<Response, SendFault> {
        let again = call.try_clone();
        let sent = self.authorization().await.map_err(SendFault::SignIn)?;
        let cached = sent.as_ref().and_then(|sent| sent.cached.clone());
        let response = with(call, sent.map(|sent| (sent.name, sent.value))).await?;
        let (Credential::Token(token), Some(refused), Some(again)) = (self, cached, again) else { return Ok(response) };
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        token.forget(&refused);
        with(again, self.header().await.map_err(SendFault::SignIn)?).await
    }

    /// Where it comes from: a variable, or what signed in. `None` when nothing is sent.
    pub(crate) fn origin(&self) -> Option<String> {
        match self {
            Credential::None => None,
            Credential::Key(Key { variable, .. }) | Credential::Missing(Missing { variable, .. }) => {
                Some(variable.clone())
            }
            Credential::Token(shared) => Some(
                shared.current().map_or_else(|| shared.source().name().to_owned(), |token| token.origin().to_owned()),
            ),
        }
    }

    /// What to do when it is refused.
    pub(crate) fn advice(&self) -> String {
        match self {
            Credential::None => "no key was sent: name its variable with `api_key_env(\"…\")`".to_owned(),
            Credential::Key(Key { variable, .. }) | Credential::Missing(Missing { variable, .. }) => {
                format!("check the key in {variable}")
            }
            Credential::Token(shared) => {
                let origin = shared.current().map_or_else(String::new, |token| format!(" of {}", token.origin()));
                format!("the token{origin} was sent: {}", shared.source().advice())
            }
        }
    }

    /// What breakers tell endpoints apart by: the same before and after a sign-in.
    pub(crate) fn identity(&self) -> &str {
        match self {
            Credential::None => "",
            Credential::Key(Key { variable, .. }) | Credential::Missing(Missing { variable, .. }) => variable,
            Credential::Token(shared) => shared.source().name(),
        }
    }

    async fn authorization(&self) -> Result<Option<Sent>, ProviderError> {
        match self {
            Credential::None => Ok(None),
            Credential::Missing(missing) => Err(missing.error.clone()),
            Credential::Key(key) => Ok(Some(Sent { name: key.header.clone(), value: key.value.clone(), cached: None })),
            Credential::Token(shared) => {
                let (token, cached) = shared.get().await?;
                let value = sensitive(&format!("Bearer {}", token.value()))
                    .ok_or_else(|| configuration(format!("the token of {} is unusable: {UNFIT}", token.origin())))?;
                let cached = cached.then(|| token.value().to_owned());
                Ok(Some(Sent { name: AUTHORIZATION, value, cached }))
            }
        }
    }
}

const UNFIT: &str = "a character in it cannot stand in a header";

struct Sent {
    name: HeaderName,
    value: HeaderValue,
    /// The token, when it was not fetched for this request.
    cached: Option<String>,
}

async fn with(call: RequestBuilder, header: Option<(HeaderName, HeaderValue)>) -> Result<Response, SendFault> {
    let call = match header {
        Some((name, value)) => call.header(name, value),
        None => call,
    };
    call.send().await.map_err(SendFault::Transport)
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn configuration(message: String) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Configuration, message)
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({})", self.identity())
    }
}
