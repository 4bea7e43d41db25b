//! <https://learn.microsoft.com/azure/ai-services/openai/reference>.

use std::time::Duration;

use aitest_agent::ProviderErrorKind as Kind;

use super::{Failure, Fixture, openai};

/// Azure adds what its filters found.
const CALLS: &str = r#"{
  "id": "chatcmpl-1", "object": "chat.completion", "created": 1767225600, "model": "gpt-4o-2024-11-20",
  "prompt_filter_results": [{ "prompt_index": 0, "content_filter_results": { "hate": { "filtered": false, "severity": "safe" } } }],
  "choices": [{
    "index": 0, "logprobs": null, "finish_reason": "tool_calls", "content_filter_results": {},
    "message": {
      "role": "assistant", "content": null, "refusal": null,
      "tool_calls": [
        { "id": "call_aZ1", "type": "function", "function": { "name": "a", "arguments": "{\"x\":1}" } },
        { "id": "call_bZ2", "type": "function", "function": { "name": "b", "arguments": "{}" } }
      ]
    }
  }],
  "usage": { "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150 }
}"#;

pub(super) fn fixture() -> Fixture {
    Fixture {
        name: "azure/my-deployment",
        path: "/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21",
        key: Some("api-key: "),
        calls: CALLS,
        answer: openai::ANSWER,
        usage: [Some(300), Some(55), Some(128), None, Some(0)],
        second: |body| openai::second(body, CALLS, ["call_aZ1", "call_bZ2"]),
        errors: [
            Failure {
                status: "429 Too Many Requests",
                headers: "retry-after: 26\r\nretry-after-ms: 1\r\napim-request-id: 5b\r\n",
                body: r#"{ "error": { "code": "429", "message": "Requests to the ChatCompletions_Create Operation have exceeded the token rate limit. Please retry after 26 seconds." } }"#,
                kind: Kind::RateLimited,
                retry_after: Some(Duration::from_millis(1)),
                message: "429 Too Many Requests: Requests to the…after 26 seconds.",
            },
            Failure {
                status: "401 Unauthorized",
                headers: "",
                body: r#"{ "error": { "code": "401", "message": "Access denied due to invalid subscription key or wrong API endpoint." } }"#,
                kind: Kind::Authentication,
                retry_after: None,
                message: "401 Unauthorized: Access denied…; check the key in PATH",
            },
            Failure {
                status: "404 Not Found",
                headers: "",
                body: r#"{ "error": { "code": "DeploymentNotFound", "message": "The API deployment for this resource does not exist." } }"#,
                kind: Kind::NotFound,
                retry_after: None,
                message: "404 Not Found: The API deployment for this resource does not exist.; check the model's name `my-deployment` and the base URL http://…",
            },
        ],
    }
}
