//! <https://openrouter.ai/docs/use-cases/reasoning-tokens>, <https://openrouter.ai/docs/api/reference/errors-and-debugging>.

use std::time::Duration;

use aitest_agent::{Agent, AgentError, ProviderErrorKind as Kind, StopReason};

use super::{Failure, Fixture, openai};
use crate::http::{ModelServer, Reply};

const CALLS: &str = r#"{
  "id": "gen-1", "provider": "Anthropic", "object": "chat.completion", "created": 1767225600, "model": "anthropic/claude-sonnet-4.5",
  "choices": [{
    "index": 0, "logprobs": null, "finish_reason": "tool_calls", "native_finish_reason": "tool_use",
    "message": {
      "role": "assistant", "content": "", "refusal": null, "reasoning": "Both tools are needed.",
      "reasoning_details": [
        { "type": "reasoning.text", "text": "Both tools are needed.", "signature": "EqoBCkgI+/=", "format": "anthropic-claude-v1", "index": 0 }
      ],
      "tool_calls": [
        { "index": 0, "id": "toolu_01A", "type": "function", "function": { "name": "a", "arguments": "{\"x\": 1}" } },
        { "index": 1, "id": "toolu_01B", "type": "function", "function": { "name": "b", "arguments": "" } }
      ]
    }
  }],
  "usage": {
    "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150, "cost": 0.00105, "is_byok": false,
    "prompt_tokens_details": { "cached_tokens": 60, "cache_write_tokens": 30 },
    "cost_details": { "upstream_inference_cost": null },
    "completion_tokens_details": { "reasoning_tokens": 20 }
  }
}"#;

const ANSWER: &str = r#"{
  "id": "gen-2", "provider": "Anthropic", "object": "chat.completion", "created": 1767225601, "model": "anthropic/claude-sonnet-4.5",
  "choices": [{
    "index": 0, "logprobs": null, "finish_reason": "stop", "native_finish_reason": "end_turn",
    "message": { "role": "assistant", "content": "done", "refusal": null, "reasoning": null }
  }],
  "usage": { "prompt_tokens": 200, "completion_tokens": 5, "total_tokens": 205, "cost": 0.00095 }
}"#;

pub(super) fn fixture() -> Fixture {
    Fixture {
        name: "openrouter/anthropic/claude-sonnet-4.5",
        path: "/chat/completions",
        key: Some("authorization: bearer "),
        calls: CALLS,
        answer: ANSWER,
        usage: [Some(300), Some(55), Some(60), Some(30), Some(20)],
        second: |body| openai::second(body, CALLS, ["toolu_01A", "toolu_01B"]),
        errors: [
            Failure {
                status: "429 Too Many Requests",
                headers: "x-ratelimit-limit: 20\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1741305600000\r\n",
                body: r#"{ "error": { "code": 429, "message": "Provider returned error", "metadata": { "provider_name": "Anthropic", "raw": "rate-limited upstream" } }, "user_id": "u" }"#,
                kind: Kind::RateLimited,
                retry_after: Some(Duration::ZERO),
                message: "429 Too Many Requests: Provider returned error: rate-limited upstream",
            },
            Failure {
                status: "401 Unauthorized",
                headers: "",
                body: r#"{ "error": { "code": 401, "message": "User not found." } }"#,
                kind: Kind::Authentication,
                retry_after: None,
                message: "401 Unauthorized: User not found.; check the key in PATH",
            },
            Failure {
                status: "402 Payment Required",
                headers: "",
                body: r#"{ "error": { "code": 402, "message": "Insufficient credits. Add more using https://openrouter.ai/settings/credits" } }"#,
                kind: Kind::QuotaExceeded,
                retry_after: None,
                message: "402 Payment Required: Insufficient credits…; the account of the key in PATH has no credit or quota left",
            },
        ],
    }
}

#[tokio::test]
async fn an_error_inside_a_choice_is_an_error() {
    let body = r#"{ "id": "gen-1", "model": "m", "choices": [{
      "index": 0, "finish_reason": "error", "message": { "role": "assistant", "content": "" },
      "error": { "code": 502, "message": "Upstream error from Anthropic" }
    }] }"#;
    let model = ModelServer::start([Reply::status("200 OK", "retry-after-ms: 1\r\n", body)]).await;
    match Agent::new(fixture().provider(&model.address)).run("go").await.unwrap_err() {
        AgentError::Provider(error) => {
            assert_eq!((error.kind(), error.status()), (Kind::Server, Some(502)));
            assert!(error.to_string().ends_with("502 Bad Gateway: Upstream error from Anthropic"), "{error}");
        }
        other => panic!("{other}"),
    }
    assert_eq!(model.requests().len(), 4);
}

#[tokio::test]
async fn a_prompt_that_its_moderation_flags_is_the_subjects_doing() {
    let body = r#"{ "error": { "code": 403, "message": "Input flagged", "metadata": { "reasons": ["violence"], "flagged_input": "…" } } }"#;
    let model = ModelServer::start([Reply::status("403 Forbidden", "", body)]).await;
    let result = Agent::new(fixture().provider(&model.address)).run("go").await.unwrap();
    assert!(matches!(result.error, Some(StopReason::ContentFilter { .. })), "{:?}", result.error);
}

#[tokio::test]
async fn what_it_charged_is_the_cost() {
    let replies = [CALLS, ANSWER].map(|body| Reply::status("200 OK", "", body));
    let model = ModelServer::start(replies).await;
    let agent = Agent::new(fixture().provider(&model.address)).mcp_server(crate::server::calling("text 42"));
    let cost = agent.run("go").await.unwrap().cost.unwrap();
    assert_eq!(cost, aitest_runtime::host::Cost::from_usd(0.002).unwrap());
}
