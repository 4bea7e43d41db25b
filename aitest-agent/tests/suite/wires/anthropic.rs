//! <https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview>,
//! <https://platform.claude.com/docs/en/build-with-claude/extended-thinking>,
//! <https://platform.claude.com/docs/en/api/errors>.

use std::time::Duration;

use aitest_agent::{Agent, ProviderErrorKind as Kind, StopReason};
use serde_json::{Value, json};

use super::{Failure, Fixture};
use crate::http::{ModelServer, Reply};

const CALLS: &str = r#"{
  "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-opus-5",
  "content": [
    { "type": "thinking", "thinking": "Both tools are needed.", "signature": "EqoBCkgIARABGAI+/=" },
    { "type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix" },
    { "type": "text", "text": "I will call both." },
    { "type": "tool_use", "id": "toolu_01A", "name": "a", "input": { "x": 1 } },
    { "type": "tool_use", "id": "toolu_01B", "name": "b", "input": {} }
  ],
  "stop_reason": "tool_use", "stop_sequence": null,
  "usage": {
    "input_tokens": 10, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 60, "output_tokens": 50,
    "output_tokens_details": { "thinking_tokens": 20 }, "service_tier": "standard"
  }
}"#;

const ANSWER: &str = r#"{
  "id": "msg_2", "type": "message", "role": "assistant", "model": "claude-opus-5",
  "content": [{ "type": "text", "text": "done" }],
  "stop_reason": "end_turn", "stop_sequence": null,
  "usage": { "input_tokens": 200, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 5 }
}"#;

pub(super) fn fixture() -> Fixture {
    Fixture {
        name: "anthropic/claude-opus-5",
        path: "/v1/messages",
        key: Some("x-api-key: "),
        calls: CALLS,
        answer: ANSWER,
        usage: [Some(300), Some(55), Some(60), Some(30), Some(20)],
        second: |body| {
            assert_eq!(body["system"], "be brief");
            assert_eq!(body["max_tokens"], 16_000);
            assert_eq!(body["tools"][0]["name"], "a");
            assert_eq!(body["tools"][0]["input_schema"]["type"], "object");
            let messages = body["messages"].as_array().unwrap();
            assert_eq!(messages.len(), 3);
            assert_eq!(messages[0], json!({ "role": "user", "content": [{ "type": "text", "text": "go" }] }));
            let calls: Value = serde_json::from_str(CALLS).unwrap();
            assert_eq!(messages[1], json!({ "role": "assistant", "content": calls["content"] }));
            let result = |id: &str| json!({ "type": "tool_result", "tool_use_id": id, "content": [{ "type": "text", "text": "42" }] });
            assert_eq!(messages[2], json!({ "role": "user", "content": [result("toolu_01A"), result("toolu_01B")] }));
        },
        errors: errors(),
    }
}

fn errors() -> [Failure; 3] {
    [
        Failure {
            status: "429 Too Many Requests",
            headers: "anthropic-ratelimit-requests-remaining: 12\r\n\
                          anthropic-ratelimit-requests-reset: 2124-01-01T00:00:00Z\r\n\
                          anthropic-ratelimit-output-tokens-remaining: 0\r\n\
                          anthropic-ratelimit-output-tokens-reset: 2024-01-01T00:00:00Z\r\n",
            body: r#"{ "type": "error", "error": { "type": "rate_limit_error", "message": "Number of request tokens has exceeded your per-minute rate limit." }, "request_id": "req_011" }"#,
            kind: Kind::RateLimited,
            retry_after: Some(Duration::ZERO),
            message: "429 Too Many Requests: Number of request tokens has exceeded your per-minute rate limit.",
        },
        Failure {
            status: "401 Unauthorized",
            headers: "",
            body: r#"{ "type": "error", "error": { "type": "authentication_error", "message": "invalid x-api-key" }, "request_id": "req_011" }"#,
            kind: Kind::Authentication,
            retry_after: None,
            message: "401 Unauthorized: invalid x-api-key; check the key in PATH",
        },
        Failure {
            status: "529 ",
            headers: "retry-after-ms: 1\r\n",
            body: r#"{ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" }, "request_id": "req_011" }"#,
            kind: Kind::Server,
            retry_after: Some(Duration::from_millis(1)),
            message: "529 Overloaded: Overloaded",
        },
    ]
}

async fn answered(replies: impl IntoIterator<Item = Reply>) -> (aitest_agent::AgentResult, ModelServer) {
    let model = ModelServer::start(replies).await;
    let result = Agent::new(fixture().provider(&model.address)).run("go").await.unwrap();
    (result, model)
}

fn stopped(reason: &str) -> Reply {
    Reply::json(&json!({ "content": [{ "type": "text", "text": "I" }], "stop_reason": reason, "model": "m" }))
}

#[tokio::test]
async fn a_paused_turn_is_sent_back_and_goes_on() {
    let (result, model) = answered([stopped("pause_turn"), Reply::status("200 OK", "", ANSWER)]).await;
    assert_eq!((result.success, &*result.final_response, result.turns.len()), (true, "done", 2));
    let messages = &model.requests()[1].body["messages"];
    assert_eq!(messages[1], json!({ "role": "assistant", "content": [{ "type": "text", "text": "I" }] }));
    assert_eq!(messages.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn every_stop_reason() {
    let end = async |reason: &str| answered([stopped(reason)]).await.0.error;
    assert_eq!(end("end_turn").await, None);
    assert_eq!(end("stop_sequence").await, None);
    assert_eq!(end("max_tokens").await, Some(StopReason::OutputLimit));
    assert_eq!(end("refusal").await, Some(StopReason::Refused { message: "I".to_owned() }));
    let message = "finish reason `model_context_window_exceeded`".to_owned();
    assert_eq!(end("model_context_window_exceeded").await, Some(StopReason::ContextLength { message }));
}

#[tokio::test]
async fn a_prompt_that_is_too_long_is_the_subjects_doing() {
    let body = r#"{ "type": "error", "error": { "type": "invalid_request_error", "message": "prompt is too long: 208310 tokens > 200000 maximum" } }"#;
    let (result, _) = answered([Reply::status("400 Bad Request", "", body)]).await;
    assert!(matches!(result.error, Some(StopReason::ContextLength { .. })), "{:?}", result.error);
}
