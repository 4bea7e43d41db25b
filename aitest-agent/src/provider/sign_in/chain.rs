use reqwest::header::HeaderName;

use super::azure::AzureSignIn;
use super::github::GitHubSignIn;
use super::shared::Shared;
use crate::provider::ProviderError;
use crate::provider::credential::Credential;
use crate::provider::environment::Environment;

/// Azure's: a key, `AZURE_OPENAI_AD_TOKEN`, or who can sign in.
pub(crate) fn azure(env: Environment<'_>) -> Result<Credential, ProviderError> {
    static TOKENS: Shared<AzureSignIn> = Shared::new();
    for variable in ["AZURE_API_KEY", "AZURE_OPENAI_API_KEY"] {
        if let Some(key) = env(variable) {
            return Credential::key(HeaderName::from_static("api-key"), "", variable, &key);
        }
    }
    match env("AZURE_OPENAI_AD_TOKEN") {
        Some(token) => Credential::bearer("AZURE_OPENAI_AD_TOKEN", &token),
        None => Ok(Credential::Token(TOKENS.token(AzureSignIn::read(env)))),
    }
}

/// That of GitHub Models: `GITHUB_TOKEN`, or `gh`'s.
pub(crate) fn github(env: Environment<'_>) -> Result<Credential, ProviderError> {
    static TOKENS: Shared<GitHubSignIn> = Shared::new();
    match env("GITHUB_TOKEN") {
        Some(token) => Credential::bearer("GITHUB_TOKEN", &token),
        None => Ok(Credential::Token(TOKENS.token(GitHubSignIn::read(env)))),
    }
}
