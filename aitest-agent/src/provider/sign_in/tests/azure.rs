use super::setting::{Setting, failed, got};
use crate::provider::ProviderErrorKind::{Authentication, Server};
use crate::provider::test_server::TestServer;

const TOKEN: &str = r#"{"access_token":"entra-token-of-tests","expires_in":3599,"token_type":"Bearer"}"#;

#[tokio::test]
async fn workload_identity_comes_first() {
    let server = TestServer::start(|_, _| (200, TOKEN.to_owned()));
    let setting = Setting::new().workload(&server.address).command("az", "echo wrong; exit 1");
    assert_eq!(got(setting.azure().await), ("workload identity".to_owned(), "entra-token-of-tests".to_owned()));
    let [request] = &server.requests()[..] else { panic!("one request") };
    assert!(request.starts_with("POST /tenant-1/oauth2/v2.0/token HTTP/1.1\r\n"), "{request}");
    let body = "grant_type=client_credentials&client_id=client-1\
                &scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default\
                &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
                &client_assertion=assertion-of-tests%2B%2F%3D";
    assert!(request.ends_with(body), "{request}");
    assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"), "{request}");
}

#[tokio::test]
async fn a_changed_assertion_is_read_again() {
    let server = TestServer::start(|_, _| (200, TOKEN.to_owned()));
    let setting = Setting::new().workload(&server.address);
    setting.azure().await.unwrap();
    setting.file("assertion", "assertion-after-rotation");
    setting.azure().await.unwrap();
    assert!(server.requests()[1].ends_with("client_assertion=assertion-after-rotation"));
}

#[tokio::test]
async fn managed_identity_of_an_app() {
    let answer = r#"{"access_token":"app-token-of-tests","expires_on":"4102444800","resource":"r"}"#;
    let server = TestServer::start(move |_, _| (200, answer.to_owned()));
    let setting = Setting::new()
        .set("IDENTITY_ENDPOINT", format!("{}/msi/token", server.address))
        .set("IDENTITY_HEADER", "header-of-tests")
        .set("AZURE_CLIENT_ID", "client 2");
    assert_eq!(got(setting.azure().await), ("managed identity".to_owned(), "app-token-of-tests".to_owned()));
    let [request] = &server.requests()[..] else { panic!("one request") };
    let target = "GET /msi/token?api-version=2019-08-01\
                  &resource=https%3A%2F%2Fcognitiveservices.azure.com&client_id=client+2 HTTP/1.1\r\n";
    assert!(request.starts_with(target), "{request}");
    assert!(request.contains("x-identity-header: header-of-tests\r\n"), "{request}");
}

#[tokio::test]
async fn managed_identity_of_a_machine() {
    let answer = r#"{"access_token":"machine-token-of-tests","expires_in":"3599","expires_on":"4102444800"}"#;
    let server = TestServer::start(move |_, _| (200, answer.to_owned()));
    let setting = Setting::new().set("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.address.clone() + "/");
    assert_eq!(got(setting.azure().await).1, "machine-token-of-tests");
    let [request] = &server.requests()[..] else { panic!("one request") };
    let target = "GET /metadata/identity/oauth2/token?api-version=2018-02-01\
                  &resource=https%3A%2F%2Fcognitiveservices.azure.com HTTP/1.1\r\n";
    assert!(request.starts_with(target) && request.contains("metadata: true\r\n"), "{request}");
}

#[tokio::test]
async fn az_comes_last() {
    let refusal = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
    let server = TestServer::start(move |_, _| (400, refusal.to_owned()));
    let print = r#"printf '{"accessToken":"az-token-of-tests","expires_on":4102444800,"a":"%s"}' "$AZURE_CORE_NO_COLOR"
        [ "$*" = "account get-access-token --resource https://cognitiveservices.azure.com --output json" ] || exit 9
        [ "$(cat)" = "" ]"#;
    let setting = Setting::new().workload(&server.address).command("az", print);
    let setting = setting.set("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.address.clone());
    assert_eq!(
        got(setting.azure().await),
        ("`az account get-access-token`".to_owned(), "az-token-of-tests".to_owned())
    );
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn when_nobody_can_sign_in_all_that_was_tried_is_listed() {
    let setting =
        Setting::new().command("az", "echo 'ERROR: Please run '\"'az login'\"' to setup account.' >&2; exit 1");
    let refused = std::net::TcpStream::connect("127.0.0.1:1").unwrap_err();
    assert_eq!(
        failed(setting.azure().await),
        (
            Authentication,
            format!(
                "cannot sign in to Azure: set AZURE_API_KEY, or run `az login`; tried in this order:\n\
                 - key: AZURE_API_KEY or AZURE_OPENAI_API_KEY is not set\n\
                 - token: AZURE_OPENAI_AD_TOKEN is not set\n\
                 - workload identity: AZURE_FEDERATED_TOKEN_FILE is not set\n\
                 - managed identity: no metadata service at http://127.0.0.1:1: {refused}\n\
                 - `az account get-access-token`: exit status: 1: ERROR: Please run 'az login' to setup account."
            )
        )
    );
}

#[tokio::test]
async fn what_each_way_says_when_it_does_not_work() {
    let refusal = r#"{"error":"invalid_client","error_description":"AADSTS700213: No matching federated\nidentity"}"#;
    let server = TestServer::start(move |_, _| (401, refusal.to_owned()));
    let told = |setting: Setting| async move { failed(setting.azure().await).1 };
    let cases = [
        (
            Setting::new().workload(&server.address),
            "\n- workload identity: 401 Unauthorized: AADSTS700213: No matching federated identity\n",
        ),
        (Setting::new().workload("login.example"), "\n- workload identity: AZURE_AUTHORITY_HOST=`login.example` is no"),
        (
            Setting::new().set("AZURE_FEDERATED_TOKEN_FILE", "/no/file").set("AZURE_CLIENT_ID", "c"),
            "\n- workload identity: AZURE_TENANT_ID is not set\n",
        ),
        (
            Setting::new().workload(&server.address).set("AZURE_FEDERATED_TOKEN_FILE", "/no/file"),
            "\n- workload identity: AZURE_FEDERATED_TOKEN_FILE=/no/file cannot be read: No such file",
        ),
        (
            Setting::new().set("IDENTITY_ENDPOINT", "http://127.0.0.1:1"),
            "\n- managed identity: IDENTITY_ENDPOINT is set, and IDENTITY_HEADER is not\n",
        ),
        (
            Setting::new().set("AZURE_POD_IDENTITY_AUTHORITY_HOST", "169.254.169.254"),
            "\n- managed identity: AZURE_POD_IDENTITY_AUTHORITY_HOST: `169.254.169.254/metadata/identity/oauth2/token` is no",
        ),
        (Setting::new(), "\n- `az account get-access-token`: `az` is not on PATH"),
        (
            Setting::new().command("az", "echo '{\"accessToken\": \"half-a-token"),
            "\n- `az account get-access-token`: exit status: 2: ",
        ),
        (
            Setting::new().command("az", "echo '{\"accessToken\": \"half-a-token'"),
            "\n- `az account get-access-token`: the answer holds no token",
        ),
        (Setting::new().command("az", "exit 3"), "exit status: 3: nothing on its standard error"),
    ];
    for (setting, expected) in cases {
        let message = told(setting).await;
        assert!(message.contains(expected), "{expected:?} in {message}");
        assert!(!message.contains("half-a-token'"), "{message}");
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_no_lasting_failure() {
    for (status, kind) in [(503, Server), (429, Server), (410, Server), (400, Authentication), (404, Authentication)] {
        let server = TestServer::start(move |_, _| (status, "<html>down</html>".to_owned()));
        let setting = Setting::new().set("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.address.clone());
        let (found, message) = failed(setting.azure().await);
        assert_eq!(found, kind, "{message}");
    }
    let setting = Setting::new().workload("http://127.0.0.1:1");
    let (found, message) = failed(setting.azure().await);
    assert_eq!(found, Server);
    assert!(message.contains("workload identity: cannot connect to 127.0.0.1: Connection refused"), "{message}");
}
