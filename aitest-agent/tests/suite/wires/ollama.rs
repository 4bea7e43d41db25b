//! <https://docs.ollama.com/api/openai-compatibility>.

use std::time::Duration;

use aitest_agent::ProviderErrorKind as Kind;

use super::{Failure, Fixture, openai};

/// Calls have an index, thoughts stand in `reasoning`, and usage has no details.
const CALLS: &str = r#"{
  "id": "chatcmpl-1", "object": "chat.completion", "created": 1767225600, "model": "qwen3:8b", "system_fingerprint": "fp_ollama",
  "choices": [{
    "index": 0, "finish_reason": "tool_calls",
    "message": {
      "role": "assistant", "content": "", "reasoning": "Both tools are needed.",
      "tool_calls": [
        { "id": "call_k3n8", "index": 0, "type": "function", "function": { "name": "a", "arguments": "{\"x\":1}" } },
        { "id": "call_p0x2", "index": 1, "type": "function", "function": { "name": "b", "arguments": "{}" } }
      ]
    }
  }],
  "usage": { "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150 }
}"#;

const ANSWER: &str = r#"{
  "id": "chatcmpl-2", "object": "chat.completion", "created": 1767225601, "model": "qwen3:8b", "system_fingerprint": "fp_ollama",
  "choices": [{ "index": 0, "message": { "role": "assistant", "content": "done" }, "finish_reason": "stop" }],
  "usage": { "prompt_tokens": 200, "completion_tokens": 5, "total_tokens": 205 }
}"#;

pub(super) fn fixture() -> Fixture {
    Fixture {
        name: "ollama/qwen3:8b",
        path: "/v1/chat/completions",
        key: None,
        calls: CALLS,
        answer: ANSWER,
        usage: [Some(300), Some(55), None, None, None],
        second: |body| openai::second(body, CALLS, ["call_k3n8", "call_p0x2"]),
        errors: [
            Failure {
                status: "429 Too Many Requests",
                headers: "retry-after: 0\r\n",
                body: r#"{ "error": { "message": "too many concurrent requests", "type": "api_error", "param": null, "code": null } }"#,
                kind: Kind::RateLimited,
                retry_after: Some(Duration::ZERO),
                message: "429 Too Many Requests: too many concurrent requests",
            },
            Failure {
                status: "401 Unauthorized",
                headers: "",
                body: r#"{ "error": { "message": "unauthorized", "type": "invalid_request_error", "param": null, "code": null } }"#,
                kind: Kind::Authentication,
                retry_after: None,
                message: "401 Unauthorized: unauthorized; no key was sent: name its variable with `api_key_env(\"…\")`",
            },
            Failure {
                status: "404 Not Found",
                headers: "",
                body: r#"{ "error": { "message": "model 'qwen3:8b' not found", "type": "not_found_error", "param": null, "code": null } }"#,
                kind: Kind::NotFound,
                retry_after: None,
                message: "404 Not Found: model 'qwen3:8b' not found; is it there? `ollama pull qwen3:8b` fetches it",
            },
        ],
    }
}
