use reqwest::{NoProxy, Proxy, Url};

use super::environment::Environment;
use super::{ProviderError, ProviderErrorKind};
use crate::secretive::register_password;

/// This machine is never asked through a proxy, as in Go: a proxy would look for the server on its own machine.
const NEVER: &str = "localhost,127.0.0.0/8,::1";

const HTTP: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The proxies that the environment names.
///
/// `reqwest` would read the same variables, but it asks directly when it cannot read one, an empty `HTTPS_PROXY`
/// hides `https_proxy` from it, and the `*` of `NO_PROXY` does not stand for addresses by number.
pub(crate) fn proxies(env: Environment<'_>) -> Result<Vec<Proxy>, ProviderError> {
    let exceptions = first(env, &["NO_PROXY", "no_proxy"]).map(|(_, hosts)| hosts).unwrap_or_default();
    if exceptions.split(',').any(|host| host.trim() == "*") {
        return Ok(Vec::new());
    }
    let exceptions = NoProxy::from_string(&format!("{NEVER},{exceptions}"));
    let mut proxies = Vec::new();
    for (variables, proxy) in [(HTTP, Proxy::http as fn(Url) -> _), (HTTPS, Proxy::https)] {
        if let Some((variable, address)) = first(env, &variables) {
            let proxy = proxy(url(variable, &address)?).map_err(|_| wrong(variable))?;
            proxies.push(proxy.no_proxy(exceptions.clone()));
        }
    }
    Ok(proxies)
}

/// The variable that names the proxy for `url`, whatever `NO_PROXY` says.
pub(crate) fn variable(url: &Url, env: Environment<'_>) -> Option<&'static str> {
    first(env, if url.scheme() == "https" { &HTTPS } else { &HTTP }).map(|(variable, _)| variable)
}

fn url(variable: &'static str, address: &str) -> Result<Url, ProviderError> {
    let address = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let url = Url::parse(&address).ok().filter(|url| {
        url.has_host() && matches!(url.scheme(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h")
    });
    let url = url.ok_or_else(|| wrong(variable))?;
    register_password(&format!("{variable} password"), &url);
    Ok(url)
}

/// The address may hold a password, so it is not shown.
fn wrong(variable: &str) -> ProviderError {
    let message = format!("{variable} holds no address of a proxy: write `http://HOST:PORT` or `socks5h://HOST:PORT`");
    ProviderError::new(ProviderErrorKind::Configuration, message)
}

fn first(env: Environment<'_>, names: &[&'static str]) -> Option<(&'static str, String)> {
    names.iter().find_map(|name| Some((*name, env(name)?.trim().to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(set: &[(&str, &str)]) -> String {
        let env = |wanted: &str| set.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned());
        match proxies(&env) {
            Ok(proxies) => format!("{proxies:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn each_variable_in_both_cases() {
        assert_eq!(shown(&[]), "[]");
        for (set, http, https) in [
            (&[("HTTP_PROXY", "http://a.example:1")][..], true, false),
            (&[("http_proxy", "a.example:1")], true, false),
            (&[("HTTPS_PROXY", "a.example:1")], false, true),
            (&[("https_proxy", "https://a.example:1")], false, true),
            (&[("ALL_PROXY", "socks5h://a.example:1")], true, true),
            (&[("all_proxy", "socks5://u:p@a.example")], true, true),
            (&[("ALL_PROXY", "http://b.example"), ("HTTPS_PROXY", "a.example")], true, true),
        ] {
            let shown = shown(set);
            assert_eq!((shown.contains("Http("), shown.contains("Https(")), (http, https), "{shown}");
            assert!(shown.contains("a.example"), "{shown}");
        }
        let shown = shown(&[("HTTPS_PROXY", "a.example"), ("https_proxy", "b.example"), ("no_proxy", "c.example")]);
        assert!(!shown.contains("b.example") && shown.contains("::1,c.example"), "{shown}");
    }

    #[test]
    fn an_address_that_cannot_be_used_is_an_error_and_not_shown() {
        for wrong in ["ftp://a.example", "http://", "a.example:port", "socks5h://me:pass word@:1"] {
            assert_eq!(
                shown(&[("https_proxy", wrong)]),
                "https_proxy holds no address of a proxy: write `http://HOST:PORT` or `socks5h://HOST:PORT`"
            );
        }
    }
}
