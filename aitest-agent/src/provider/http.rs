use std::net::IpAddr;
use std::time::Duration;

use reqwest::{Client, ClientBuilder, Url, redirect};

use super::environment::environment;
use super::proxy;
use super::tls::{unused_tls, verifying_tls};
use super::{ProviderError, ProviderErrorKind};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How an address is reached.
#[derive(Clone, Copy)]
pub(super) enum Route {
    /// A server on this machine without TLS: no certificate has to be read.
    Loopback,
    Any,
}

/// Whether `url` is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || ip.is_ok_and(|ip| ip.is_loopback())
}

/// What to do about a connection to `url` that failed because of `cause`, if that can be told.
pub(crate) fn connect_advice(url: &Url, cause: &str) -> Option<String> {
    if cause.contains("certificate") {
        return Some("name a PEM file with the issuer's certificate in SSL_CERT_FILE".to_owned());
    }
    let variable = proxy::variable(url, &environment).filter(|_| !is_loopback(url))?;
    Some(format!("{variable} names a proxy: does it run and reach the server, or does the host belong into NO_PROXY?"))
}

impl Route {
    pub(super) fn of(url: &Url) -> Self {
        if url.scheme() == "http" && is_loopback(url) { Route::Loopback } else { Route::Any }
    }

    pub(super) fn builder(self) -> Result<ClientBuilder, ProviderError> {
        match self {
            Route::Loopback => Ok(builder().tls_backend_preconfigured(unused_tls()?).no_proxy()),
            Route::Any => {
                let proxies = proxy::proxies(&environment)?;
                let builder = builder().tls_backend_preconfigured(verifying_tls()?).no_proxy();
                Ok(proxies.into_iter().fold(builder, ClientBuilder::proxy))
            }
        }
    }
}

/// What every client for `url` has: TLS, proxies, time limits. It follows no redirects.
#[cfg(feature = "mcp")]
pub(crate) fn client_builder(url: &Url) -> Result<ClientBuilder, ProviderError> {
    Route::of(url).builder()
}

pub(super) fn builder() -> ClientBuilder {
    // A redirect would lose the body, or carry the key elsewhere: it is reported instead.
    Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("aitest/", env!("CARGO_PKG_VERSION")))
}

pub(super) fn build(builder: ClientBuilder) -> Result<Client, ProviderError> {
    builder.build().map_err(client_not_built)
}

/// The error of a client that could not be built.
pub(crate) fn client_not_built(error: reqwest::Error) -> ProviderError {
    let message = format!("the HTTP client could not be built: {error}");
    ProviderError::new(ProviderErrorKind::Configuration, message).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_this_machine() {
        for (url, loopback) in [
            ("http://127.0.0.2:1/v1", true),
            ("https://[::1]:1", true),
            ("http://models.localhost", true),
            ("http://10.0.0.1", false),
            ("https://localhost.example", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), loopback, "{url}");
        }
    }
}
