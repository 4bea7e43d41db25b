use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use aitest_runtime::host::{self, Iteration};
use reqwest::{Client, ClientBuilder, Url, redirect};

use super::proxy;
use super::target::environment;
use super::tls::{unused_tls, verifying_tls};
use super::{ProviderError, ProviderErrorKind};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Azure's metadata service is on the machine or nowhere.
const DIRECT_CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// The HTTP clients of one test, each made on first use. A client's connections belong to the runtime that opened
/// them, so tests share none.
#[derive(Default)]
struct Clients([OnceLock<Client>; 2]);

/// How an address is reached.
#[derive(Clone, Copy)]
enum Route {
    /// A server on this machine without TLS: no certificate has to be read.
    Loopback,
    Any,
}

/// A client for `url`: the test's, or outside a test a new one. It follows no redirect, and goes through the proxies
/// that the environment names.
pub(crate) fn client_for(url: &Url) -> Result<Client, ProviderError> {
    let route = Route::of(url);
    if Iteration::current().is_none() {
        return route.builder().and_then(build);
    }
    let clients = host::slot::<Clients>();
    let cell = &clients.0[route as usize];
    match cell.get() {
        Some(client) => Ok(client.clone()),
        None => route.builder().and_then(build).map(|client| cell.get_or_init(|| client).clone()),
    }
}

/// A client without proxy and TLS, for what is on this machine or in its link.
pub(crate) fn direct_client() -> Result<Client, ProviderError> {
    build(builder().tls_backend_preconfigured(unused_tls()?).no_proxy().connect_timeout(DIRECT_CONNECT_TIMEOUT))
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
    fn of(url: &Url) -> Self {
        if url.scheme() == "http" && is_loopback(url) { Route::Loopback } else { Route::Any }
    }

    fn builder(self) -> Result<ClientBuilder, ProviderError> {
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

fn builder() -> ClientBuilder {
    // A redirect would lose the body, or carry the key elsewhere: it is reported instead.
    Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("aitest/", env!("CARGO_PKG_VERSION")))
}

fn build(builder: ClientBuilder) -> Result<Client, ProviderError> {
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

    /// A `rustls` of another major than `reqwest`'s fails only when a client is built.
    #[test]
    fn every_route_has_a_client() {
        for url in
            ["http://127.0.0.1:1/v1", "http://[::1]:1", "http://localhost/v1", "http://a.example", "https://a.example"]
        {
            client_for(&Url::parse(url).unwrap()).unwrap();
        }
        direct_client().unwrap();
    }

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
