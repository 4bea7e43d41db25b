//! Proxies and certificates that the environment names, each scenario in a process with an environment of its own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use aitest_agent::{Agent, Provider};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::http::{ModelServer, Reply};
use crate::proxy::Proxy;

const MODEL: &str = "SUITE_NETWORK_MODEL";
const VARIABLES: [&str; 10] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Asks the model that the environment names and prints what comes of it.
#[tokio::test]
async fn scenario() {
    let Ok(model) = std::env::var(MODEL) else { return };
    let provider = match model.strip_prefix("azure:") {
        Some(deployment) => Provider::new(format!("azure/{deployment}")),
        None => Provider::compatible(model, "m").api_key_env("SUITE_MODEL_KEY"),
    };
    match Agent::new(provider).run("go").await {
        Ok(result) => println!("<{}>", result.final_response),
        Err(error) => println!("<error: {error}>"),
    }
}

/// What the scenario prints in an environment with `variables`.
async fn asking(model: &str, variables: &[(&str, &str)]) -> String {
    let mut test = Command::new(std::env::current_exe().unwrap());
    test.args(["--exact", "network::scenario", "--nocapture"]).env(MODEL, model).env("SUITE_MODEL_KEY", "marked-key");
    for name in VARIABLES {
        test.env_remove(name);
    }
    test.envs(variables.iter().copied()).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || test.output().unwrap()).await.unwrap();
    let all = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(!all.contains("marked-"), "{all}");
    let said = all.split_once('<').and_then(|(_, said)| Some(said.split_once(">\n")?.0.to_owned()));
    said.unwrap_or(all)
}

/// A certificate for some hosts, made now, and the server's side of TLS with it.
fn certificate(file: &Path) -> TlsAcceptor {
    let hosts = ["model.example", "login.example", "localhost"].map(str::to_owned);
    let made = rcgen::generate_simple_self_signed(hosts).unwrap();
    std::fs::write(file, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(ring).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn tls_model(file: &Path) -> ModelServer {
    ModelServer::start_tls(certificate(file), [Reply::text("hello")]).await
}

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuer.pem");
    let model = tls_model(&file).await;
    let file = file.display().to_string();
    for (variable, scheme) in
        [("HTTPS_PROXY", "http://me:marked-password@"), ("https_proxy", ""), ("ALL_PROXY", "http://")]
    {
        let proxy = Proxy::start(&model.address).await;
        let address = format!("{scheme}{}", proxy.address);
        let said = asking("https://model.example/v1", &[(variable, &address), ("SSL_CERT_FILE", &file)]).await;
        assert_eq!(said, "hello", "{variable}");
        let [head] = &proxy.asked()[..] else { panic!("one tunnel") };
        assert!(head.starts_with("CONNECT model.example:443 HTTP/1.1\r\n"), "{head}");
        assert_eq!(head.contains("asic bWU6bWFya2VkLXBhc3N3b3Jk\r\n"), scheme.contains('@'), "{head}");
        assert!(!head.contains("marked-key"), "{head}");
    }
    assert_eq!(model.requests().len(), 3);
    assert!(model.requests()[0].head.contains("authorization: Bearer marked-key\r\n"));
}

#[tokio::test]
async fn http_is_forwarded() {
    let model = ModelServer::start([Reply::text("hello")]).await;
    for variable in ["HTTP_PROXY", "http_proxy", "all_proxy"] {
        let proxy = Proxy::start(&model.address).await;
        assert_eq!(asking("http://model.example/v1", &[(variable, &proxy.address)]).await, "hello");
        let [head] = &proxy.asked()[..] else { panic!("one request") };
        assert!(head.starts_with("POST http://model.example/v1/chat/completions HTTP/1.1\r\n"), "{head}");
    }
}

#[tokio::test]
async fn socks_resolves_the_host() {
    let model = ModelServer::start([Reply::text("hello")]).await;
    let proxy = Proxy::start(&model.address).await;
    let address = format!("socks5h://{}", proxy.address);
    assert_eq!(asking("http://model.example/v1", &[("ALL_PROXY", &address)]).await, "hello");
    assert_eq!(proxy.asked(), ["model.example:80"]);
}

/// On Linux, 0.0.0.0 is this machine, and no loopback address.
#[tokio::test]
async fn hosts_in_no_proxy_and_this_machine_are_asked_directly() {
    let model = ModelServer::start([Reply::text("hello")]).await;
    let proxy = Proxy::start(&model.address).await;
    let port = model.address.rsplit(':').next().unwrap();
    let elsewhere = format!("http://0.0.0.0:{port}/v1");
    let proxied = ("HTTP_PROXY", proxy.address.as_str());
    for (url, exception) in [
        (&elsewhere, ("NO_PROXY", "a.example, 0.0.0.0")),
        (&elsewhere, ("no_proxy", "0.0.0.0/8")),
        (&elsewhere, ("NO_PROXY", "*")),
        (&model.base_url(), ("NO_PROXY", "")),
        (&format!("http://localhost:{port}/v1"), ("NO_PROXY", "")),
    ] {
        assert_eq!(asking(url, &[proxied, exception]).await, "hello");
        assert_eq!(proxy.asked().len(), 0, "{url} {exception:?}");
    }
    assert_eq!(asking(&elsewhere, &[proxied, ("NO_PROXY", "a.example")]).await, "hello");
    assert_eq!(proxy.asked().len(), 1);
}

#[tokio::test]
async fn tls_on_this_machine_uses_no_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuer.pem");
    let model = tls_model(&file).await;
    let url = format!("https://localhost:{}/v1", model.address.rsplit(':').next().unwrap());
    let proxy = ("HTTPS_PROXY", "http://127.0.0.1:1");
    let folder = folder.path().display().to_string();
    assert_eq!(asking(&url, &[proxy, ("SSL_CERT_DIR", &folder)]).await, "hello");
    let other = tempfile::tempdir().unwrap();
    let other = other.path().join("other.pem");
    certificate(&other);
    let said = asking(&url, &[proxy, ("SSL_CERT_FILE", &other.display().to_string())]).await;
    assert!(said.contains("invalid peer certificate"), "{said}");
    assert!(said.ends_with("name a PEM file with the issuer's certificate in SSL_CERT_FILE"), "{said}");
}

#[tokio::test]
async fn token_endpoints_are_asked_through_the_proxy_and_the_metadata_service_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (file, assertion) = (folder.path().join("issuer.pem"), folder.path().join("assertion"));
    std::fs::write(&assertion, "marked-assertion").unwrap();
    let refusal = Reply::status("400 Bad Request", "", r#"{"error_description":"AADSTS1: marked-assertion"}"#);
    let entra = ModelServer::start_tls(certificate(&file), [refusal]).await;
    let proxy = Proxy::start(&entra.address).await;
    let (file, assertion) = (file.display().to_string(), assertion.display().to_string());
    let said = asking(
        "azure:m",
        &[
            ("HTTPS_PROXY", &proxy.address),
            ("HTTP_PROXY", &proxy.address),
            ("SSL_CERT_FILE", &file),
            ("AZURE_API_BASE", "https://model.example"),
            ("AZURE_AUTHORITY_HOST", "https://login.example"),
            ("AZURE_FEDERATED_TOKEN_FILE", &assertion),
            ("AZURE_CLIENT_ID", "c"),
            ("AZURE_TENANT_ID", "t"),
            ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://0.0.0.0:1"),
            ("PATH", ""),
        ],
    )
    .await;
    assert!(
        said.contains("workload identity: 400 Bad Request: AADSTS1: [redacted:AZURE_FEDERATED_TOKEN_FILE]"),
        "{said}"
    );
    assert!(said.contains("no metadata service at http://0.0.0.0:1: Connection refused"), "{said}");
    let asked = proxy.asked();
    assert!(asked.len() == 1 && asked[0].starts_with("CONNECT login.example:443 "), "{asked:?}");
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuer.pem");
    certificate(&file);
    let file = file.display().to_string();
    let variables = [("https_proxy", "http://127.0.0.1:1"), ("SSL_CERT_FILE", &file)];
    let said = asking("https://model.example/v1", &variables).await;
    assert!(said.starts_with("error: compatible/m: cannot connect to model.example:443: "), "{said}");
    assert!(said.contains("; https_proxy names a proxy: does it run and reach the server, "), "{said}");
}

#[tokio::test]
async fn what_cannot_be_used_is_named() {
    let url = "https://model.example/v1";
    for (variable, value, expected) in [
        ("HTTPS_PROXY", "ftp://me:marked-password@a.example", "error: HTTPS_PROXY holds no address of a proxy"),
        ("SSL_CERT_FILE", "/no/such/file.pem", "error: SSL_CERT_FILE=/no/such/file.pem cannot be read: No such file"),
        ("SSL_CERT_DIR", "/no/such/folder", "error: SSL_CERT_DIR=/no/such/folder holds no certificate"),
    ] {
        let said = asking(url, &[(variable, value)]).await;
        assert!(said.starts_with(expected), "{said}");
    }
}
