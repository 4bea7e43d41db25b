use std::sync::OnceLock;
use std::time::Duration;

use aitest_runtime::host::{self, Iteration};
use reqwest::{Client, Url};

use super::ProviderError;
use super::http::{Route, build, builder};
use super::tls::unused_tls;

/// Azure's metadata service is on the machine or nowhere.
const DIRECT_CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// The HTTP clients of one test, each made on first use. A client's connections belong to the runtime that opened
/// them, so tests share none.
#[derive(Default)]
struct Clients([OnceLock<Client>; 2]);

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
}
