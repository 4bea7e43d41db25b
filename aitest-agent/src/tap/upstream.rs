use hyper::body::Bytes;
use hyper::{Method, Response};
use reqwest::header::HeaderMap;
use reqwest::{Body, Url};

use super::line::Line;
use crate::provider::{ProviderError, ProviderErrorKind, environment, first, io_client, is_version, with_version};
use crate::secretive::register_password;

/// A request as it is forwarded.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum SendFault {
    /// There is no client; the message is complete.
    Client(ProviderError),
    Transport(reqwest::Error),
}

/// The one place where an exchange passes: the request as the provider gets it, and its answer as it begins to come.
/// Nothing is sent twice here, and no answer is an error, whatever its status.
pub(super) async fn exchange(sent: Sent) -> Result<Response<Body>, SendFault> {
    let client = io_client(&sent.url).map_err(SendFault::Client)?;
    let call = client.request(sent.method, sent.url).headers(sent.headers).body(sent.body);
    call.send().await.map(Response::from).map_err(SendFault::Transport)
}

/// The base URL that `line` leads to.
pub(super) fn base_url(line: &Line) -> Result<String, ProviderError> {
    let home = line.wire.home();
    let (whose, url) = match line.settings().to {
        Some(url) => ("`Tap::to`".to_owned(), url),
        None => first(&environment, home.variables).unwrap_or_else(|_| (String::new(), home.base_url.to_owned())),
    };
    let complete = with_version(&url, home.version);
    let parsed = Url::parse(&complete).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let wrong = |message| Err(ProviderError::new(ProviderErrorKind::Configuration, message));
    match parsed {
        None => wrong(format!("{whose} names `{url}`, which is no address: write `http://HOST:PORT/v1`")),
        Some(url) if url.host_str() == Some("127.0.0.1") && url.port() == Some(line.port()) => {
            wrong(format!("{whose} names a tap, which would forward to itself: give the tap to the agent alone"))
        }
        Some(url) => {
            register_password("base URL password", &url);
            Ok(complete)
        }
    }
}

/// The address of `rest`, a path behind the tap's base URL with its query. A version in it replaces the base URL's.
pub(super) fn url(base_url: &str, rest: &str, query: Option<&str>) -> Result<Url, ProviderError> {
    let mut base = base_url;
    if is_version(rest.split('/').next().unwrap_or_default())
        && let Some((before, last)) = base_url.rsplit_once('/')
        && is_version(last)
    {
        base = before;
    }
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    Url::parse(&format!("{base}/{rest}{query}")).map_err(|error| {
        let message = format!("the path /{rest} cannot be forwarded to {base_url}: {error}");
        ProviderError::new(ProviderErrorKind::Configuration, message)
    })
}

/// `rest` without its version: what follows a base URL.
pub(super) fn without_version(rest: &str) -> &str {
    match rest.split_once('/') {
        Some((first, after)) if is_version(first) => after,
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_with_and_without_a_version_reach_the_same() {
        for (base, rest, expected) in [
            ("https://api.openai.com/v1", "chat/completions", "https://api.openai.com/v1/chat/completions"),
            ("https://api.openai.com/v1", "v1/chat/completions", "https://api.openai.com/v1/chat/completions"),
            ("https://api.deepseek.com", "v1/chat/completions", "https://api.deepseek.com/v1/chat/completions"),
            ("https://api.anthropic.com/v1", "v1/messages", "https://api.anthropic.com/v1/messages"),
            ("https://api.anthropic.com/v1", "messages", "https://api.anthropic.com/v1/messages"),
            (
                "https://g.example/v1beta",
                "v1/models/m:generateContent",
                "https://g.example/v1/models/m:generateContent",
            ),
        ] {
            assert_eq!(url(base, rest, None).unwrap().as_str(), expected, "{rest}");
        }
        let streamed = url("http://h/v1beta", "models/m:streamGenerateContent", Some("alt=sse&key=k")).unwrap();
        assert_eq!(streamed.as_str(), "http://h/v1beta/models/m:streamGenerateContent?alt=sse&key=k");
        assert_eq!((without_version("v1beta/models"), without_version("models/v1")), ("models", "models/v1"));
    }
}
