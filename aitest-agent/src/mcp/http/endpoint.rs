use reqwest::redirect::{Attempt, Policy};
use reqwest::{StatusCode, Url};

use super::headers::headers;
use super::trouble::Redirected;
use super::{HttpClient, Trouble};
use crate::mcp::server::{Config, Transport};
use crate::mcp::{McpError, McpErrorKind};
use crate::provider;
use crate::secretive::register_password;

const MOST_REDIRECTS: usize = 5;

/// A server's address and the client for it.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) url: Url,
    pub(crate) client: HttpClient,
}

impl Endpoint {
    pub(crate) fn of(config: &Config) -> Result<Self, McpError> {
        let url = parse(&config.target)?;
        register_password("password", &url);
        let headers = headers(&config.headers)?;
        let elsewhere = match config.transport {
            Transport::Sse => "check the path, or use `McpServer::http`, which newer servers speak",
            _ => "check the path, or use `McpServer::sse` for a server that speaks HTTP+SSE of 2024",
        };
        let trouble = Trouble::new(&url, headers.described, elsewhere);
        let client = provider::client_builder(&url)
            .and_then(|builder| {
                let builder = builder.default_headers(headers.map).redirect(Policy::custom(within_origin));
                builder.build().map_err(provider::client_not_built)
            })
            .map_err(|error| McpError::new(McpErrorKind::Configuration, error.to_string()))?;
        Ok(Endpoint { url, client: HttpClient::new(client, trouble) })
    }
}

fn parse(text: &str) -> Result<Url, McpError> {
    let why = match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => return Ok(url),
        Ok(url) => format!("its scheme is `{}`, not http or https", url.scheme()),
        Err(error) => error.to_string(),
    };
    let shown = text.split(['?', '#']).next().unwrap_or_default();
    Err(McpError::new(McpErrorKind::Configuration, format!("`{shown}` is no address of a server: {why}")))
}

/// A redirect that keeps the request, to the same scheme, host and port. Headers are sent nowhere else.
fn within_origin(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let keeps = matches!(attempt.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    let near = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
    if keeps && near && attempt.previous().len() <= MOST_REDIRECTS {
        return attempt.follow();
    }
    let to = attempt.url().clone();
    attempt.error(Redirected { to })
}
