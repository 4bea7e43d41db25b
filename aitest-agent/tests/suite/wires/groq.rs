//! <https://console.groq.com/docs/api-reference>, <https://console.groq.com/docs/errors>.

use std::time::Duration;

use aitest_agent::{Agent, ProviderErrorKind as Kind};
use serde_json::json;

use super::{Failure, Fixture};
use crate::http::{ModelServer, Reply};
use crate::server;

/// Compound models say which tools they ran themselves; Groq refuses that field when it comes back.
const CALLS: &str = r#"{
  "id": "chatcmpl-1", "object": "chat.completion", "created": 1767225600, "model": "openai/gpt-oss-20b",
  "choices": [{
    "index": 0, "logprobs": null, "finish_reason": "tool_calls",
    "message": {
      "role": "assistant", "reasoning": "Both tools are needed.", "executed_tools": [],
      "tool_calls": [
        { "id": "fc_a1", "type": "function", "function": { "name": "a", "arguments": "{\"x\":1}" } },
        { "id": "fc_b2", "type": "function", "function": { "name": "b", "arguments": "{}" } }
      ]
    }
  }],
  "usage": {
    "queue_time": 0.01, "prompt_tokens": 100, "prompt_time": 0.002, "completion_tokens": 50, "completion_time": 0.1,
    "total_tokens": 150, "total_time": 0.102, "prompt_tokens_details": { "cached_tokens": 64 },
    "completion_tokens_details": { "reasoning_tokens": 20 }
  },
  "system_fingerprint": "fp", "x_groq": { "id": "req_01" }, "service_tier": "on_demand"
}"#;

const ANSWER: &str = r#"{
  "id": "chatcmpl-2", "object": "chat.completion", "created": 1767225601, "model": "openai/gpt-oss-20b",
  "choices": [{ "index": 0, "message": { "role": "assistant", "content": "done" }, "logprobs": null, "finish_reason": "stop" }],
  "usage": { "prompt_tokens": 200, "completion_tokens": 5, "total_tokens": 205 }
}"#;

pub(super) fn fixture() -> Fixture {
    Fixture {
        name: "groq/openai/gpt-oss-20b",
        path: "/openai/v1/chat/completions",
        key: Some("authorization: bearer "),
        calls: CALLS,
        answer: ANSWER,
        usage: [Some(300), Some(55), Some(64), None, Some(20)],
        second: |body| {
            let message = &body["messages"][2];
            assert_eq!(message["reasoning"], "Both tools are needed.");
            assert_eq!(message["tool_calls"][0]["id"], "fc_a1");
            assert!(message.get("executed_tools").is_none(), "{message}");
            assert_eq!(body["messages"][4], json!({ "role": "tool", "tool_call_id": "fc_b2", "content": "42" }));
        },
        errors: errors(),
    }
}

fn errors() -> [Failure; 3] {
    [
        Failure {
            status: "429 Too Many Requests",
            headers: "retry-after: 0\r\nx-ratelimit-reset-requests: 2m59.56s\r\nx-ratelimit-reset-tokens: 7.66s\r\n",
            body: r#"{ "error": { "message": "Rate limit reached for model on tokens per minute (TPM).", "type": "tokens", "code": "rate_limit_exceeded" } }"#,
            kind: Kind::RateLimited,
            retry_after: Some(Duration::ZERO),
            message: "429 Too Many Requests: Rate limit reached for model on tokens per minute (TPM).",
        },
        Failure {
            status: "401 Unauthorized",
            headers: "",
            body: r#"{ "error": { "message": "Invalid API Key", "type": "invalid_request_error", "code": "invalid_api_key" } }"#,
            kind: Kind::Authentication,
            retry_after: None,
            message: "401 Unauthorized: Invalid API Key; check the key in PATH",
        },
        Failure {
            status: "498 ",
            headers: "retry-after-ms: 1\r\n",
            body: r#"{ "error": { "message": "Flex tier capacity exceeded", "type": "capacity_exceeded" } }"#,
            kind: Kind::RateLimited,
            retry_after: Some(Duration::from_millis(1)),
            message: "498 Capacity Exceeded: Flex tier capacity exceeded",
        },
    ]
}

#[tokio::test]
async fn a_call_that_groq_cannot_read_goes_back_as_a_failed_call() {
    let failed = r#"{ "error": { "message": "Failed to call a function. Please adjust your prompt.", "type": "invalid_request_error", "code": "tool_use_failed", "failed_generation": "<function=a{\"x\": </function>" } }"#;
    let replies = [Reply::status("400 Bad Request", "", failed), Reply::status("200 OK", "", ANSWER)];
    let model = ModelServer::start(replies).await;
    let agent = Agent::new(fixture().provider(&model.address)).mcp_server(server::calling("text 42"));
    let result = agent.run("go").await.unwrap();
    assert!(result.success);
    let call = result.tool_calls().next().unwrap();
    assert_eq!((&*call.name, &*call.arguments), ("a", "<function=a{\"x\": </function>"));
    assert!(call.error.as_ref().unwrap().starts_with("the arguments are not valid JSON"), "{call:?}");
    let message = &model.requests()[1].body["messages"][1];
    let arguments = message["tool_calls"][0]["function"]["arguments"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(arguments).unwrap(), json!({ "malformed": call.arguments }));
}
