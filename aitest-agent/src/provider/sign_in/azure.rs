use std::fmt::Write as _;
use std::time::SystemTime;

use super::command::Program;
use super::endpoint::parse;
use super::fault::Fault;
use super::managed_identity::ManagedIdentity;
use super::workload_identity::WorkloadIdentity;
use crate::provider::environment::Environment;
use crate::provider::token::{Token, TokenSource};
use crate::provider::{BoxFuture, ProviderError, ProviderErrorKind};

/// Output: <https://learn.microsoft.com/cli/azure/account#az-account-get-access-token>.
const AZ: Program = Program {
    name: "az",
    arguments: &[
        "account",
        "get-access-token",
        "--resource",
        "https://cognitiveservices.azure.com",
        "--output",
        "json",
    ],
    env: &[("AZURE_CORE_NO_COLOR", "true")],
};
const AZ_LABEL: &str = "`az account get-access-token`";

/// The ways to sign in to Azure without a key, and what they go by. Equal ones share a token.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AzureSignIn {
    workload: WorkloadIdentity,
    managed: ManagedIdentity,
    path: Option<String>,
    /// Of `az`.
    profile: Option<String>,
}

impl AzureSignIn {
    pub(crate) fn read(env: Environment<'_>) -> Self {
        AzureSignIn {
            workload: WorkloadIdentity::read(env),
            managed: ManagedIdentity::read(env),
            path: env("PATH"),
            profile: env("AZURE_CONFIG_DIR"),
        }
    }

    async fn first(&self) -> Result<Token, ProviderError> {
        let mut tried = Tried::default();
        match self.workload.token().await {
            Ok(token) => return Ok(token),
            Err(fault) => tried.add("workload identity", fault),
        }
        match self.managed.token().await {
            Ok(token) => return Ok(token),
            Err(fault) => tried.add("managed identity", fault),
        }
        match self.az().await {
            Ok(token) => Ok(token),
            Err(fault) => {
                tried.add(AZ_LABEL, fault);
                Err(tried.error())
            }
        }
    }

    async fn az(&self) -> Result<Token, Fault> {
        let printed = AZ.output(self.path.as_deref()).await?;
        parse(&printed, AZ_LABEL, SystemTime::now())
    }
}

impl TokenSource for AzureSignIn {
    fn name(&self) -> &'static str {
        "Azure"
    }

    fn advice(&self) -> &'static str {
        "the account needs the role `Cognitive Services OpenAI User` on the resource, and its tenant must be the \
         resource's"
    }

    fn fetch(&self) -> BoxFuture<'_, Result<Token, ProviderError>> {
        Box::pin(self.first())
    }
}

/// What was tried, and why it did not work.
#[derive(Default)]
struct Tried {
    lines: String,
    transient: bool,
}

impl Tried {
    fn add(&mut self, way: &str, fault: Fault) {
        let _ = write!(self.lines, "\n- {way}: {}", fault.message);
        self.transient |= fault.transient;
    }

    fn error(&self) -> ProviderError {
        let kind = if self.transient { ProviderErrorKind::Server } else { ProviderErrorKind::Authentication };
        let message = format!(
            "cannot sign in to Azure: set AZURE_API_KEY, or run `az login`; tried in this order:\
             \n- key: AZURE_API_KEY or AZURE_OPENAI_API_KEY is not set\
             \n- token: AZURE_OPENAI_AD_TOKEN is not set{}",
            self.lines
        );
        ProviderError::new(kind, message)
    }
}
