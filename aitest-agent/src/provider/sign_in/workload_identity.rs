use aitest_runtime::host;
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;

use super::endpoint::ask;
use super::fault::Fault;
use crate::provider::clients::client_for;
use crate::provider::environment::Environment;
use crate::provider::http::is_loopback;
use crate::provider::token::Token;

const AUTHORITY: &str = "https://login.microsoftonline.com";
const SCOPE: &str = "https://cognitiveservices.azure.com/.default";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A token file of Kubernetes, exchanged for a token of Entra ID.
///
/// Format: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential>.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct WorkloadIdentity {
    file: Option<String>,
    client: Option<String>,
    tenant: Option<String>,
    authority: Option<String>,
}

impl WorkloadIdentity {
    pub(crate) fn read(env: Environment<'_>) -> Self {
        WorkloadIdentity {
            file: env("AZURE_FEDERATED_TOKEN_FILE"),
            client: env("AZURE_CLIENT_ID"),
            tenant: env("AZURE_TENANT_ID"),
            authority: env("AZURE_AUTHORITY_HOST"),
        }
    }

    pub(crate) async fn token(&self) -> Result<Token, Fault> {
        let set = |value: &Option<String>, name| value.clone().ok_or_else(|| Fault::not_set(name));
        let file = set(&self.file, "AZURE_FEDERATED_TOKEN_FILE")?;
        let (client_id, tenant) = (set(&self.client, "AZURE_CLIENT_ID")?, set(&self.tenant, "AZURE_TENANT_ID")?);
        let url = self.url(&tenant)?;
        // Read each time: the file is replaced before its token expires.
        let assertion = std::fs::read_to_string(&file)
            .map_err(|error| Fault::lasting(format!("AZURE_FEDERATED_TOKEN_FILE={file} cannot be read: {error}")))?;
        host::secret("AZURE_FEDERATED_TOKEN_FILE", &assertion);
        let body = form(&[
            ("grant_type", "client_credentials"),
            ("client_id", &client_id),
            ("scope", SCOPE),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", assertion.trim()),
        ]);
        let client = client_for(&url).map_err(|error| Fault::lasting(error.to_string()))?;
        let place = url.host_str().unwrap_or_default().to_owned();
        let call = client.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        ask(call, "workload identity", |why| Fault::transient(format!("cannot connect to {place}: {why}"))).await
    }

    fn url(&self, tenant: &str) -> Result<Url, Fault> {
        let authority = self.authority.as_deref().unwrap_or(AUTHORITY);
        let url = Url::parse(authority).ok().filter(|url| url.scheme() == "https" || is_loopback(url));
        let wrong = || Fault::lasting(format!("AZURE_AUTHORITY_HOST=`{authority}` is no https address"));
        let mut url = url.ok_or_else(wrong)?;
        url.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().extend([tenant, "oauth2", "v2.0", "token"]);
        Ok(url)
    }
}

/// `application/x-www-form-urlencoded`, which is how a query is written.
fn form(fields: &[(&str, &str)]) -> String {
    let url = Url::parse_with_params("http://form", fields);
    url.ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(authority: Option<&str>) -> Result<String, String> {
        let authority = authority.map(str::to_owned);
        let identity = WorkloadIdentity { file: None, client: None, tenant: None, authority };
        identity.url("my tenant").map(String::from).map_err(|fault| fault.message)
    }

    #[test]
    fn the_authority() {
        let path = "my%20tenant/oauth2/v2.0/token";
        assert_eq!(url(None).unwrap(), format!("https://login.microsoftonline.com/{path}"));
        assert_eq!(
            url(Some("https://login.microsoftonline.us/")).unwrap(),
            format!("https://login.microsoftonline.us/{path}")
        );
        assert_eq!(url(Some("http://127.0.0.1:7")).unwrap(), format!("http://127.0.0.1:7/{path}"));
        for wrong in ["http://login.example", "login.microsoftonline.us", "mailto:a"] {
            assert_eq!(url(Some(wrong)).unwrap_err(), format!("AZURE_AUTHORITY_HOST=`{wrong}` is no https address"));
        }
    }
}
