use std::collections::BTreeMap;
use std::process::Command;

use crate::provider::sign_in::azure::AzureSignIn;
use crate::provider::sign_in::github::GitHubSignIn;
use crate::provider::token::{Token, TokenSource};
use crate::provider::{ProviderError, ProviderErrorKind};

/// Variables of one test, and a folder for its commands and files.
pub(super) struct Setting {
    variables: BTreeMap<&'static str, String>,
    pub(super) folder: tempfile::TempDir,
}

impl Setting {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        // Nobody listens on port 1: no test asks the metadata service of the machine it runs on.
        let nobody = "http://127.0.0.1:1".to_owned();
        let variables = BTreeMap::from([("PATH", path), ("AZURE_POD_IDENTITY_AUTHORITY_HOST", nobody)]);
        Setting { variables, folder }
    }

    pub(super) fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.insert(name, value.into());
        self
    }

    pub(super) fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    pub(super) fn workload(self, authority: &str) -> Self {
        let file = self.file("assertion", "assertion-of-tests+/=\n");
        self.set("AZURE_FEDERATED_TOKEN_FILE", file)
            .set("AZURE_CLIENT_ID", "client-1")
            .set("AZURE_TENANT_ID", "tenant-1")
            .set("AZURE_AUTHORITY_HOST", authority)
    }

    /// A command on this test's `PATH`, in shell. Another process writes it: a file that this one has open for writing
    /// may be inherited by another test's child for a moment, and cannot be executed then.
    pub(super) fn command(self, name: &str, script: &str) -> Self {
        let text = format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n");
        let mut writer = Command::new("/bin/sh");
        writer.args(["-c", r#"printf '%s' "$1" > "$0" && chmod +x "$0""#]).arg(self.folder.path().join(name)).arg(text);
        assert!(writer.status().unwrap().success());
        self
    }

    pub(super) fn env(&self) -> impl Fn(&str) -> Option<String> {
        |name| self.variables.get(name).cloned()
    }

    pub(super) async fn azure(&self) -> Result<Token, ProviderError> {
        AzureSignIn::read(&self.env()).fetch().await
    }

    pub(super) async fn github(&self) -> Result<Token, ProviderError> {
        GitHubSignIn::read(&self.env()).fetch().await
    }
}

pub(super) fn got(result: Result<Token, ProviderError>) -> (String, String) {
    result.map(|token| (token.origin().to_owned(), token.value().to_owned())).unwrap()
}

pub(super) fn failed(result: Result<Token, ProviderError>) -> (ProviderErrorKind, String) {
    let error = result.unwrap_err();
    (error.kind(), error.to_string())
}
