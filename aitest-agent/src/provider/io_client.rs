use std::sync::OnceLock;

use reqwest::{Client, Url};

use super::ProviderError;
use super::http::{Route, build};

/// The client for `url` of the thread `aitest-io`, made on first use.
pub(crate) fn io_client(url: &Url) -> Result<Client, ProviderError> {
    static CLIENTS: [OnceLock<Client>; 2] = [OnceLock::new(), OnceLock::new()];
    let route = Route::of(url);
    let cell = &CLIENTS[route as usize];
    match cell.get() {
        Some(client) => Ok(client.clone()),
        None => route.builder().and_then(build).map(|client| cell.get_or_init(|| client).clone()),
    }
}
