use aitest_runtime::host;
use hyper::Uri;
use reqwest::Url;
use reqwest::header::HeaderMap;

use crate::secretive::{is_secret, register_header};

/// What is between two neighbours, and not of the request (RFC 9110 §7.6.1). Lengths and hosts are set anew.
const HOP: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];
/// The headers of a request as they are forwarded. The answer has to be read on the way, so it may not be compressed.
pub(super) fn forwarded(mut headers: HeaderMap) -> HeaderMap {
    HOP.iter().for_each(|name| drop(headers.remove(*name)));
    headers.remove("accept-encoding");
    headers
}

/// The headers of an answer as the agent gets them. The length is that of the same body.
pub(super) fn returned(mut headers: HeaderMap) -> HeaderMap {
    let length = headers.get("content-length").cloned();
    HOP.iter().for_each(|name| drop(headers.remove(*name)));
    if let Some(length) = length {
        headers.insert("content-length", length);
    }
    headers
}

/// Has the keys of a request replaced wherever they would appear in a record. Returns them, for the endpoint's name.
pub(super) fn keep_secret(headers: &HeaderMap, uri: &Uri) -> String {
    let mut keys = String::new();
    for (name, value) in headers.iter().filter(|(name, _)| is_key(name.as_str())) {
        let Ok(value) = value.to_str() else { continue };
        register_header(name.as_str(), value);
        keys += value;
    }
    let url = uri.query().and_then(|query| Url::parse(&format!("http://tap/?{query}")).ok());
    for (name, value) in url.iter().flat_map(Url::query_pairs).filter(|(name, _)| is_key_parameter(name)) {
        host::secret(&name, &value);
        keys += &value;
    }
    keys
}

fn is_key(name: &str) -> bool {
    is_secret(name) || name == "cookie" || ["authorization", "auth"].iter().any(|end| name.ends_with(end))
}

/// Whether the parameter of a query is a key: named as a header with one, or what signs an address.
pub(super) fn is_key_parameter(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    is_key(&name) || name.ends_with("signature") || ["sig", "code"].contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderName;

    use super::*;

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        fields.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn neighbours_keep_their_own() {
        let sent =
            headers(&[("host", "127.0.0.1"), ("accept-encoding", "br"), ("x-beta", "1"), ("content-length", "9")]);
        assert_eq!(forwarded(sent), headers(&[("x-beta", "1")]));
        let got = headers(&[("connection", "close"), ("content-length", "9"), ("x-request-id", "r")]);
        assert_eq!(returned(got), headers(&[("content-length", "9"), ("x-request-id", "r")]));
    }

    #[test]
    fn keys_are_secrets() {
        let uri = "/v1beta/models/m:generateContent?key=tap-key-in-query&alt=sse".parse().unwrap();
        let sent = headers(&[
            ("authorization", "Bearer tap-bearer-4711"),
            ("x-goog-api-key", "tap-goog-4711"),
            ("x-company-token", "tap-token-4711"),
            ("anthropic-version", "2023-06-01"),
        ]);
        let keys = keep_secret(&sent, &uri);
        assert_eq!(keys, "Bearer tap-bearer-4711tap-goog-4711tap-token-4711tap-key-in-query");
        let shown = host::redact("tap-bearer-4711 tap-goog-4711 tap-token-4711 tap-key-in-query 2023-06-01");
        let expected =
            "[redacted:authorization] [redacted:x-goog-api-key] [redacted:x-company-token] [redacted:key] 2023-06-01";
        assert_eq!(shown, expected);
    }

    #[test]
    fn gateways_and_signed_addresses_have_keys_too() {
        let sent = headers(&[("cf-aig-authorization", "Bearer tap-gate-1"), ("helicone-auth", "Bearer tap-gate-2")]);
        let names = ["subscription-key", "access_token", "api-key", "sig", "X-Amz-Signature", "code"];
        let query: Vec<String> = names.iter().map(|name| format!("{name}=tap-query-{name}")).collect();
        let uri = format!("/v1/chat/completions?{}&api-version=tap-version-1", query.join("&"));
        keep_secret(&sent, &uri.parse().unwrap());
        assert_eq!(host::redact("tap-gate-1 tap-gate-2"), "[redacted:cf-aig-authorization] [redacted:helicone-auth]");
        for name in names {
            assert_eq!(host::redact(&format!("tap-query-{name}")), format!("[redacted:{name}]"));
        }
        assert_eq!(host::redact("tap-version-1"), "tap-version-1");
    }
}
