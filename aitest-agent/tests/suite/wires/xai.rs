//! <https://docs.x.ai/docs/api-reference#chat-completions>.

use std::time::Duration;

use aitest_agent::ProviderErrorKind as Kind;

use super::{Failure, Fixture, openai};

/// Reasoning is counted beside the completion: 100 + 30 + 20 = 150.
const CALLS: &str = r#"{
  "id": "0daf962f", "object": "chat.completion", "created": 1767225600, "model": "grok-4.3",
  "choices": [{
    "index": 0, "finish_reason": "tool_calls",
    "message": {
      "role": "assistant", "content": "", "reasoning_content": "Both tools are needed.", "refusal": null,
      "tool_calls": [
        { "id": "call_19", "type": "function", "function": { "name": "a", "arguments": "{\"x\":1}" } },
        { "id": "call_2b", "type": "function", "function": { "name": "b", "arguments": "{}" } }
      ]
    }
  }],
  "usage": {
    "prompt_tokens": 100, "completion_tokens": 30, "total_tokens": 150,
    "prompt_tokens_details": { "text_tokens": 100, "audio_tokens": 0, "image_tokens": 0, "cached_tokens": 64 },
    "completion_tokens_details": { "reasoning_tokens": 20, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0 },
    "num_sources_used": 0
  },
  "system_fingerprint": "fp_1"
}"#;

const ANSWER: &str = r#"{
  "id": "0daf9630", "object": "chat.completion", "created": 1767225601, "model": "grok-4.3",
  "choices": [{ "index": 0, "message": { "role": "assistant", "content": "done", "refusal": null }, "finish_reason": "stop" }],
  "usage": {
    "prompt_tokens": 200, "completion_tokens": 5, "total_tokens": 205,
    "prompt_tokens_details": { "cached_tokens": 0 }, "completion_tokens_details": { "reasoning_tokens": 0 }
  }
}"#;

pub(super) fn fixture() -> Fixture {
    Fixture {
        name: "xai/grok-4.3",
        path: "/v1/chat/completions",
        key: Some("authorization: bearer "),
        calls: CALLS,
        answer: ANSWER,
        usage: [Some(300), Some(55), Some(64), None, Some(20)],
        second: |body| openai::second(body, CALLS, ["call_19", "call_2b"]),
        errors: [
            Failure {
                status: "429 Too Many Requests",
                headers: "retry-after: 0\r\n",
                body: r#"{ "code": "Some resource has been exhausted", "error": "Too many requests for team 1." }"#,
                kind: Kind::RateLimited,
                retry_after: Some(Duration::ZERO),
                message: "429 Too Many Requests: Too many requests for team 1.",
            },
            Failure {
                status: "400 Bad Request",
                headers: "",
                body: r#"{ "code": "Client specified an invalid argument", "error": "Incorrect API key provided: xa***ey. You can obtain an API key from https://console.x.ai." }"#,
                kind: Kind::Authentication,
                retry_after: None,
                message: "400 Bad Request: Incorrect API key provided…; check the key in PATH",
            },
            Failure {
                status: "429 Too Many Requests",
                headers: "",
                body: r#"{ "code": "Some resource has been exhausted", "error": "Your team 1 has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit." }"#,
                kind: Kind::QuotaExceeded,
                retry_after: None,
                message: "429 Too Many Requests: Your team 1 has either used all available credits…; the account of the key in PATH has no credit or quota left",
            },
        ],
    }
}
