use std::error::Error as StdError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aitest_runtime::host::{self, Iteration};
use reqwest::{Client, ClientBuilder, Url, redirect};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use super::{ProviderError, ProviderErrorKind};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The HTTP clients of one test, each made on first use. A client's connections belong to the runtime that opened
/// them, so tests share none.
#[derive(Default)]
struct Clients([OnceLock<Client>; 3]);

/// How an address is reached.
#[derive(Clone, Copy)]
enum Route {
    /// A server on this machine: never through a proxy.
    Loopback,
    Plain,
    Tls,
}

/// A client for `url`: the test's, or outside a test a new one.
pub(crate) fn client_for(url: &Url) -> Result<Client, ProviderError> {
    let route = Route::of(url);
    if Iteration::current().is_none() {
        return build(url);
    }
    let clients = host::slot::<Clients>();
    let cell = &clients.0[route as usize];
    match cell.get() {
        Some(client) => Ok(client.clone()),
        None => build(url).map(|client| cell.get_or_init(|| client).clone()),
    }
}

impl Route {
    fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        match url.scheme() {
            "https" => Route::Tls,
            _ if host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback()) => Route::Loopback,
            _ => Route::Plain,
        }
    }
}

fn build(url: &Url) -> Result<Client, ProviderError> {
    client_builder(url)?.build().map_err(client_not_built)
}

/// What every client for `url` has: TLS, proxies, time limits. It follows no redirects.
pub(crate) fn client_builder(url: &Url) -> Result<ClientBuilder, ProviderError> {
    let route = Route::of(url);
    let tls = match route {
        Route::Tls => verifying_tls()?,
        Route::Loopback | Route::Plain => unused_tls()?,
    };
    // A redirect would lose the body, or carry the key elsewhere: it is reported instead.
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("aitest/", env!("CARGO_PKG_VERSION")));
    if let Route::Loopback = route {
        builder = builder.no_proxy();
    }
    Ok(builder)
}

/// The error of a client that could not be built.
pub(crate) fn client_not_built(error: reqwest::Error) -> ProviderError {
    unusable("the HTTP client could not be built", error)
}

/// One per process: reading the machine's root certificates takes milliseconds.
fn verifying_tls() -> Result<ClientConfig, ProviderError> {
    static CONFIG: OnceLock<Result<ClientConfig, ProviderError>> = OnceLock::new();
    CONFIG
        .get_or_init(|| {
            let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .and_then(BuilderVerifierExt::with_platform_verifier)
                .map_err(|error| unusable("the machine's root certificates could not be read", error))?;
            Ok(builder.with_no_client_auth())
        })
        .clone()
}

/// `reqwest` wants a configuration even where no TLS is spoken. This one trusts nobody.
fn unused_tls() -> Result<ClientConfig, ProviderError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable("TLS could not be set up", error))?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn unusable(what: &str, error: impl StdError + Send + Sync + 'static) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Configuration, format!("{what}: {error}")).with_source(error)
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
    }

    #[test]
    fn this_machine_is_reached_without_a_proxy() {
        for (url, loopback) in [("http://127.0.0.2:1/v1", true), ("http://[::1]:1", true), ("http://10.0.0.1", false)] {
            assert_eq!(matches!(Route::of(&Url::parse(url).unwrap()), Route::Loopback), loopback, "{url}");
        }
    }
}
