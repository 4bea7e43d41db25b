//! <https://platform.openai.com/docs/guides/function-calling>, <https://platform.openai.com/docs/guides/error-codes>.

use std::time::Duration;

use aitest_agent::ProviderErrorKind as Kind;
use serde_json::{Value, json};

use super::{Failure, Fixture};

pub(super) const CALLS: &str = r#"{
  "id": "chatcmpl-1", "object": "chat.completion", "created": 1767225600, "model": "gpt-5-mini-2025-08-07",
  "choices": [{
    "index": 0, "logprobs": null, "finish_reason": "tool_calls",
    "message": {
      "role": "assistant", "content": null, "refusal": null, "annotations": [],
      "tool_calls": [
        { "id": "call_aZ1", "type": "function", "function": { "name": "a", "arguments": "{\"x\": 1}" } },
        { "id": "call_bZ2", "type": "function", "function": { "name": "b", "arguments": "{}" } }
      ]
    }
  }],
  "usage": {
    "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150,
    "prompt_tokens_details": { "cached_tokens": 64, "audio_tokens": 0 },
    "completion_tokens_details": { "reasoning_tokens": 20, "audio_tokens": 0, "accepted_prediction_tokens": 0 }
  },
  "service_tier": "default", "system_fingerprint": null
}"#;

pub(super) const ANSWER: &str = r#"{
  "id": "chatcmpl-2", "object": "chat.completion", "created": 1767225601, "model": "gpt-5-mini-2025-08-07",
  "choices": [{
    "index": 0, "logprobs": null, "finish_reason": "stop",
    "message": { "role": "assistant", "content": "done", "refusal": null, "annotations": [] }
  }],
  "usage": {
    "prompt_tokens": 200, "completion_tokens": 5, "total_tokens": 205,
    "prompt_tokens_details": { "cached_tokens": 128, "audio_tokens": 0 },
    "completion_tokens_details": { "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0 }
  }
}"#;

pub(super) const WRONG_KEY: &str = r#"{ "error": {
  "message": "Incorrect API key provided: sk-…abcd.", "type": "invalid_request_error", "param": null,
  "code": "invalid_api_key"
} }"#;

pub(super) fn fixture() -> Fixture {
    Fixture {
        name: "openai/gpt-5-mini",
        path: "/chat/completions",
        key: Some("authorization: bearer "),
        calls: CALLS,
        answer: ANSWER,
        usage: [Some(300), Some(55), Some(192), None, Some(20)],
        second: |body| {
            second(body, CALLS, ["call_aZ1", "call_bZ2"]);
            assert_eq!(body["tools"][0]["type"], "function");
        },
        errors: errors(),
    }
}

fn errors() -> [Failure; 3] {
    [
        Failure {
            status: "429 Too Many Requests",
            headers: "x-ratelimit-remaining-requests: 99\r\nx-ratelimit-reset-requests: 8m38s\r\n\
                          x-ratelimit-remaining-tokens: 0\r\nx-ratelimit-reset-tokens: 2ms\r\n",
            body: r#"{ "error": {
                  "message": "Rate limit reached for gpt-5-mini on tokens per min (TPM): Limit 200000, Used 199000.",
                  "type": "tokens", "param": null, "code": "rate_limit_exceeded"
                } }"#,
            kind: Kind::RateLimited,
            retry_after: Some(Duration::from_millis(2)),
            message: "429 Too Many Requests: Rate limit reached for gpt-5-mini…Used 199000.",
        },
        Failure {
            status: "401 Unauthorized",
            headers: "",
            body: WRONG_KEY,
            kind: Kind::Authentication,
            retry_after: None,
            message: "401 Unauthorized: Incorrect API key provided…; check the key in PATH",
        },
        Failure {
            status: "400 Bad Request",
            headers: "",
            body: r#"{ "error": {
                  "message": "Unsupported value: 'temperature' does not support 0.5 with this model.",
                  "type": "invalid_request_error", "param": "temperature", "code": "unsupported_value"
                } }"#,
            kind: Kind::UnsupportedParameter,
            retry_after: None,
            message: "; leave that option of the `Provider` out, or choose another model",
        },
    ]
}

/// The message that asked for the calls goes back as it came, then a result for each.
pub(super) fn second(body: &Value, calls: &str, ids: [&str; 2]) {
    let messages = &body["messages"];
    assert_eq!(messages[0], json!({ "role": "system", "content": "be brief" }));
    assert_eq!(messages[1], json!({ "role": "user", "content": "go" }));
    let calls: Value = serde_json::from_str(calls).unwrap();
    assert_eq!(messages[2], calls["choices"][0]["message"]);
    for (place, id) in ids.iter().enumerate() {
        assert_eq!(messages[3 + place], json!({ "role": "tool", "tool_call_id": id, "content": "42" }));
    }
    assert_eq!(messages.as_array().unwrap().len(), 5);
}
