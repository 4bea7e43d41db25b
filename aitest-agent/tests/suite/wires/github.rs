//! <https://docs.github.com/en/rest/models/inference>.

use std::time::Duration;

use aitest_agent::{Agent, ProviderErrorKind as Kind};

use super::{Failure, Fixture, openai};
use crate::http::{ModelServer, Reply};

pub(super) fn fixture() -> Fixture {
    Fixture {
        name: "github/openai/gpt-4.1",
        path: "/chat/completions",
        key: Some("authorization: bearer "),
        calls: openai::CALLS,
        answer: openai::ANSWER,
        usage: [Some(300), Some(55), Some(192), None, Some(20)],
        second: |body| {
            openai::second(body, openai::CALLS, ["call_aZ1", "call_bZ2"]);
            assert_eq!(body["model"], "openai/gpt-4.1");
        },
        errors: [
            Failure {
                status: "429 Too Many Requests",
                headers: "retry-after: 0\r\nx-ratelimit-type: UserByModelByMinute\r\n",
                body: r#"{ "error": { "code": "RateLimitReached", "message": "Rate limit of 10 per 60s exceeded for UserByModelByMinute.", "details": "Please wait 0 seconds before retrying." } }"#,
                kind: Kind::RateLimited,
                retry_after: Some(Duration::ZERO),
                message: "429 Too Many Requests: Rate limit of 10 per 60s exceeded for UserByModelByMinute.",
            },
            Failure {
                status: "401 Unauthorized",
                headers: "",
                body: r#"{ "error": { "code": "unauthorized", "message": "The `models` permission is required to access this endpoint", "details": "…" } }"#,
                kind: Kind::Authentication,
                retry_after: None,
                message: "401 Unauthorized: The `models` permission is required to access this endpoint; check the key in PATH",
            },
            Failure {
                status: "400 Bad Request",
                headers: "",
                body: r#"{ "error": { "code": "unknown_model", "message": "Unknown model: openai/gpt-4.1", "details": "Unknown model: openai/gpt-4.1" } }"#,
                kind: Kind::NotFound,
                retry_after: None,
                message: "400 Bad Request: Unknown model: openai/gpt-4.1; check the model's name `openai/gpt-4.1` and the base URL http://…",
            },
        ],
    }
}

#[tokio::test]
async fn the_version_of_the_api_is_named() {
    let model = ModelServer::start([Reply::status("200 OK", "", openai::ANSWER)]).await;
    let provider = fixture().provider(&model.address).max_tokens(7);
    Agent::new(provider).run("go").await.unwrap();
    let newer = aitest_agent::Provider::new("github/openai/gpt-5").via(format!("http://{}", model.address));
    Agent::new(newer.api_key_env(super::KEY).max_tokens(7)).run("go").await.unwrap();
    let requests = model.requests();
    let head = requests[0].head.to_ascii_lowercase();
    assert!(head.contains("x-github-api-version: 2022-11-28\r\n"), "{head}");
    assert!(head.contains("accept: application/vnd.github+json\r\n"), "{head}");
    assert_eq!(requests[0].body["max_tokens"], 7);
    assert_eq!(requests[1].body["max_completion_tokens"], 7, "OpenAI's newer models refuse the other");
}
