//! <https://api-docs.deepseek.com/guides/thinking_mode>, <https://api-docs.deepseek.com/quick_start/error_codes>.

use std::time::Duration;

use aitest_agent::ProviderErrorKind as Kind;

use super::{Failure, Fixture, openai};

/// `reasoning_content` must come back while tools are offered.
const CALLS: &str = r#"{
  "id": "930c60df", "object": "chat.completion", "created": 1767225600, "model": "deepseek-reasoner",
  "choices": [{
    "index": 0, "logprobs": null, "finish_reason": "tool_calls",
    "message": {
      "role": "assistant", "content": "", "reasoning_content": "Both tools are needed.",
      "tool_calls": [
        { "index": 0, "id": "call_00_a", "type": "function", "function": { "name": "a", "arguments": "{\"x\": 1}" } },
        { "index": 1, "id": "call_01_b", "type": "function", "function": { "name": "b", "arguments": "{}" } }
      ]
    }
  }],
  "usage": {
    "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150, "prompt_cache_hit_tokens": 64,
    "prompt_cache_miss_tokens": 36, "completion_tokens_details": { "reasoning_tokens": 20 }
  },
  "system_fingerprint": "fp_1"
}"#;

const ANSWER: &str = r#"{
  "id": "930c60e0", "object": "chat.completion", "created": 1767225601, "model": "deepseek-reasoner",
  "choices": [{ "index": 0, "message": { "role": "assistant", "content": "done", "reasoning_content": "" }, "finish_reason": "stop" }],
  "usage": { "prompt_tokens": 200, "completion_tokens": 5, "total_tokens": 205, "prompt_cache_hit_tokens": 0, "prompt_cache_miss_tokens": 200 }
}"#;

pub(super) fn fixture() -> Fixture {
    Fixture {
        name: "deepseek/deepseek-reasoner",
        path: "/chat/completions",
        key: Some("authorization: bearer "),
        calls: CALLS,
        answer: ANSWER,
        usage: [Some(300), Some(55), Some(64), None, Some(20)],
        second: |body| openai::second(body, CALLS, ["call_00_a", "call_01_b"]),
        errors: [
            Failure {
                status: "429 Too Many Requests",
                headers: "retry-after: 0\r\n",
                body: r#"{ "error": { "message": "Rate Limit Reached", "type": "rate_limit_error", "param": null, "code": "rate_limit" } }"#,
                kind: Kind::RateLimited,
                retry_after: Some(Duration::ZERO),
                message: "429 Too Many Requests: Rate Limit Reached",
            },
            Failure {
                status: "401 Unauthorized",
                headers: "",
                body: r#"{ "error": { "message": "Authentication Fails (no such user)", "type": "authentication_error", "param": null, "code": "invalid_request_error" } }"#,
                kind: Kind::Authentication,
                retry_after: None,
                message: "401 Unauthorized: Authentication Fails (no such user); check the key in PATH",
            },
            Failure {
                status: "402 Payment Required",
                headers: "",
                body: r#"{ "error": { "message": "Insufficient Balance", "type": "unknown_error", "param": null, "code": "invalid_request_error" } }"#,
                kind: Kind::QuotaExceeded,
                retry_after: None,
                message: "402 Payment Required: Insufficient Balance; the account of the key in PATH has no credit or quota left",
            },
        ],
    }
}
