use std::time::SystemTime;

use super::command::Program;
use super::fault::Fault;
use crate::provider::environment::Environment;
use crate::provider::token::{Token, TokenSource};
use crate::provider::{BoxFuture, ProviderError, ProviderErrorKind};

/// Manual: <https://cli.github.com/manual/gh_auth_token>. GitHub Models are github.com's, whatever `gh`'s host is.
const GH: Program = Program {
    name: "gh",
    arguments: &["auth", "token", "--hostname", "github.com"],
    env: &[("NO_COLOR", "1"), ("GH_PROMPT_DISABLED", "1"), ("GH_NO_UPDATE_NOTIFIER", "1")],
};
const GH_LABEL: &str = "`gh auth token`";

/// The account that `gh` is signed in with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct GitHubSignIn {
    path: Option<String>,
    /// Of `gh`.
    profile: [Option<String>; 2],
}

impl GitHubSignIn {
    pub(crate) fn read(env: Environment<'_>) -> Self {
        GitHubSignIn { path: env("PATH"), profile: [env("GH_CONFIG_DIR"), env("GH_TOKEN")] }
    }

    async fn gh(&self) -> Result<Token, Fault> {
        let printed = GH.output(self.path.as_deref()).await?;
        let token = std::str::from_utf8(&printed).map(str::trim).unwrap_or_default();
        if token.is_empty() || token.contains(char::is_whitespace) {
            return Err(Fault::lasting("printed no token"));
        }
        Ok(Token::new(GH_LABEL, token, SystemTime::now(), None))
    }
}

impl TokenSource for GitHubSignIn {
    fn name(&self) -> &'static str {
        "GitHub"
    }

    fn advice(&self) -> &'static str {
        "it needs the permission `models: read`; set GITHUB_TOKEN to a token that has it"
    }

    fn fetch(&self) -> BoxFuture<'_, Result<Token, ProviderError>> {
        Box::pin(async {
            self.gh().await.map_err(|fault| {
                use ProviderErrorKind::{Authentication, Server};
                let message = format!(
                    "cannot sign in to GitHub: set GITHUB_TOKEN, or run `gh auth login`; tried in this order:\
                     \n- token: GITHUB_TOKEN is not set\
                     \n- {GH_LABEL}: {}",
                    fault.message
                );
                ProviderError::new(if fault.transient { Server } else { Authentication }, message)
            })
        })
    }
}
