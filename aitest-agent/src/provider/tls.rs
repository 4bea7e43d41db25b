use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustls::client::danger::ServerCertVerifier;
use rustls::client::{ClientConfig, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt;

use super::environment::{Environment, environment};
use super::{ProviderError, ProviderErrorKind};

/// Makes `ring` the process's default, unless there is one. Nothing here needs it: every configuration of ours names
/// its own. A client of the user's does, whose `reqwest` was built with ours.
pub fn install_crypto_provider() {
    if CryptoProvider::get_default().is_none() {
        let _ = ring::default_provider().install_default();
    }
}

/// TLS that verifies servers by the certificates of `SSL_CERT_FILE` and `SSL_CERT_DIR`, or else by the machine's. One
/// per process: reading certificates takes milliseconds.
pub(crate) fn verifying_tls() -> Result<ClientConfig, ProviderError> {
    static CONFIG: OnceLock<Result<ClientConfig, ProviderError>> = OnceLock::new();
    CONFIG.get_or_init(|| verifying(&environment)).clone()
}

/// `reqwest` wants a configuration even where no TLS is spoken. This one trusts nobody.
pub(crate) fn unused_tls() -> Result<ClientConfig, ProviderError> {
    Ok(builder()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn verifying(env: Environment<'_>) -> Result<ClientConfig, ProviderError> {
    let Some(roots) = named_roots(env)? else {
        let builder = builder()?.with_platform_verifier();
        let builder = builder.map_err(|error| unusable("the machine's root certificates could not be read", error))?;
        return Ok(builder.with_no_client_auth());
    };
    let provider = Arc::new(ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| unusable("the certificates of SSL_CERT_FILE and SSL_CERT_DIR cannot be used", error))?;
    Ok(builder()?.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, ProviderError> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable("TLS could not be set up", error))
}

/// The certificates that the environment names, on every platform the same; `None` when it names none.
fn named_roots(env: Environment<'_>) -> Result<Option<RootCertStore>, ProviderError> {
    let (file, folders) = (env("SSL_CERT_FILE"), env("SSL_CERT_DIR"));
    if file.is_none() && folders.is_none() {
        return Ok(None);
    }
    let mut roots = RootCertStore::empty();
    if let Some(file) = &file {
        let found = certificates(Path::new(file))
            .map_err(|why| configuration(format!("SSL_CERT_FILE={file} cannot be read: {why}")))?;
        if roots.add_parsable_certificates(found).0 == 0 {
            return Err(configuration(format!("SSL_CERT_FILE={file} holds no certificate: it has to be in PEM")));
        }
    }
    for file in folders.as_deref().map(files).unwrap_or_default() {
        // As OpenSSL does: what else lies there is passed over.
        roots.add_parsable_certificates(certificates(&file).unwrap_or_default());
    }
    if roots.is_empty() {
        let folders = folders.unwrap_or_default();
        return Err(configuration(format!("SSL_CERT_DIR={folders} holds no certificate: they have to be in PEM")));
    }
    Ok(Some(roots))
}

fn certificates(file: &Path) -> std::io::Result<Vec<CertificateDer<'static>>> {
    let bytes = std::fs::read(file)?;
    Ok(CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok).collect())
}

fn files(folders: &str) -> Vec<PathBuf> {
    let entries = std::env::split_paths(folders).filter_map(|folder| std::fs::read_dir(folder).ok());
    entries.flatten().filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn configuration(message: String) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Configuration, message)
}

fn unusable(what: &str, error: impl StdError + Send + Sync + 'static) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Configuration, format!("{what}: {error}")).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_KEY: &str = "-----BEGIN NOTE-----\nAAAA\n-----END NOTE-----\n";

    fn roots(file: Option<&Path>, folder: Option<&Path>) -> Result<Option<usize>, String> {
        let env = |name: &str| {
            let path = if name == "SSL_CERT_FILE" { file } else { folder };
            path.map(|path| path.display().to_string())
        };
        named_roots(&env).map(|roots| roots.map(|roots| roots.len())).map_err(|error| error.to_string())
    }

    fn certificate(name: &str) -> String {
        rcgen::generate_simple_self_signed([name.to_owned()]).unwrap().cert.pem()
    }

    #[test]
    fn a_provider_that_is_installed_stays() {
        let mut users = ring::default_provider();
        users.cipher_suites.truncate(1);
        let _ = users.install_default();
        install_crypto_provider();
        assert_eq!(CryptoProvider::get_default().unwrap().cipher_suites.len(), 1);
    }

    #[test]
    fn a_file_and_folders_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let (file, other) = (folder.path().join("bundle.pem"), tempfile::tempdir().unwrap());
        std::fs::write(&file, certificate("a") + NO_KEY + &certificate("b")).unwrap();
        std::fs::write(other.path().join("c.0"), certificate("c")).unwrap();
        std::fs::write(other.path().join("README"), "no certificate").unwrap();
        assert_eq!(roots(None, None), Ok(None));
        assert_eq!(roots(Some(&file), None), Ok(Some(2)));
        assert_eq!(roots(None, Some(other.path())), Ok(Some(1)));
        assert_eq!(roots(Some(&file), Some(other.path())), Ok(Some(3)));
    }

    #[test]
    fn what_holds_no_certificate_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (file, missing) = (folder.path().join("a.pem"), folder.path().join("missing"));
        std::fs::write(&file, NO_KEY).unwrap();
        let message = roots(Some(&missing), None).unwrap_err();
        assert!(message.starts_with(&format!("SSL_CERT_FILE={} cannot be read: ", missing.display())), "{message}");
        let message = roots(Some(&file), None).unwrap_err();
        assert!(message.ends_with("a.pem holds no certificate: it has to be in PEM"), "{message}");
        let message = roots(None, Some(folder.path())).unwrap_err();
        assert!(message.starts_with("SSL_CERT_DIR=") && message.contains("holds no certificate"), "{message}");
    }
}
