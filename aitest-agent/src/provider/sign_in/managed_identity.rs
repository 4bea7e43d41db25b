use aitest_runtime::host;
use reqwest::Url;

use super::endpoint::ask;
use super::fault::Fault;
use crate::provider::clients::direct_client;
use crate::provider::environment::Environment;
use crate::provider::token::Token;

const METADATA: &str = "http://169.254.169.254";
const RESOURCE: &str = "https://cognitiveservices.azure.com";

/// The identity that Azure gave to the machine or the app that this process runs in.
///
/// Formats: <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token> and
/// <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ManagedIdentity {
    /// App Service, Functions, Container Apps.
    endpoint: Option<String>,
    header: Option<String>,
    /// Elsewhere: the instance metadata service.
    metadata: Option<String>,
    /// Of an identity that a user assigned.
    client: Option<String>,
}

impl ManagedIdentity {
    pub(crate) fn read(env: Environment<'_>) -> Self {
        ManagedIdentity {
            endpoint: env("IDENTITY_ENDPOINT"),
            header: env("IDENTITY_HEADER"),
            metadata: env("AZURE_POD_IDENTITY_AUTHORITY_HOST"),
            client: env("AZURE_CLIENT_ID"),
        }
    }

    pub(crate) async fn token(&self) -> Result<Token, Fault> {
        match (&self.endpoint, &self.header) {
            (Some(endpoint), Some(header)) => self.app(endpoint, header).await,
            (Some(_), None) => Err(Fault::lasting("IDENTITY_ENDPOINT is set, and IDENTITY_HEADER is not")),
            (None, _) => self.machine().await,
        }
    }

    async fn app(&self, endpoint: &str, header: &str) -> Result<Token, Fault> {
        host::secret("IDENTITY_HEADER", header);
        let url = self.url("IDENTITY_ENDPOINT", endpoint, "2019-08-01")?;
        let call = direct_client().map_err(|error| Fault::lasting(error.to_string()))?.get(url);
        let unreachable = |why| Fault::transient(format!("cannot connect to IDENTITY_ENDPOINT={endpoint}: {why}"));
        ask(call.header("X-IDENTITY-HEADER", header), "managed identity", unreachable).await
    }

    async fn machine(&self) -> Result<Token, Fault> {
        let host = self.metadata.as_deref().unwrap_or(METADATA).trim_end_matches('/');
        let endpoint = format!("{host}/metadata/identity/oauth2/token");
        let url = self.url("AZURE_POD_IDENTITY_AUTHORITY_HOST", &endpoint, "2018-02-01")?;
        let call = direct_client().map_err(|error| Fault::lasting(error.to_string()))?.get(url);
        // Nobody there means that this machine is not Azure's, which no further try changes.
        let unreachable = |why| Fault::lasting(format!("no metadata service at {host}: {why}"));
        ask(call.header("Metadata", "true"), "managed identity", unreachable).await
    }

    fn url(&self, variable: &str, endpoint: &str, version: &str) -> Result<Url, Fault> {
        let url = Url::parse(endpoint).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let mut url = url.ok_or_else(|| Fault::lasting(format!("{variable}: `{endpoint}` is no address")))?;
        url.query_pairs_mut().append_pair("api-version", version).append_pair("resource", RESOURCE);
        if let Some(client) = &self.client {
            url.query_pairs_mut().append_pair("client_id", client);
        }
        Ok(url)
    }
}
