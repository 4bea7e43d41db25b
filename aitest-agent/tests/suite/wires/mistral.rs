//! <https://docs.mistral.ai/api/>, <https://docs.mistral.ai/capabilities/reasoning/>.

use std::time::Duration;

use aitest_agent::{Agent, ProviderErrorKind as Kind};
use serde_json::json;

use super::{Failure, Fixture, openai};
use crate::http::{ModelServer, Reply};
use crate::server;

/// Ids have nine characters, and thoughts are a part of the content.
const CALLS: &str = r#"{
  "id": "cmpl-1", "object": "chat.completion", "created": 1767225600, "model": "magistral-medium-latest",
  "choices": [{
    "index": 0, "finish_reason": "tool_calls",
    "message": {
      "role": "assistant", "prefix": false,
      "content": [
        { "type": "thinking", "thinking": [{ "type": "text", "text": "Both tools are needed." }] },
        { "type": "text", "text": "I will call both." }
      ],
      "tool_calls": [
        { "id": "D681PevKs", "type": "function", "function": { "name": "a", "arguments": "{\"x\": 1}" }, "index": 0 },
        { "id": "9RtZ0bQwe", "type": "function", "function": { "name": "b", "arguments": "{}" }, "index": 1 }
      ]
    }
  }],
  "usage": { "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150, "num_cached_tokens": 64 }
}"#;

const ANSWER: &str = r#"{
  "id": "cmpl-2", "object": "chat.completion", "created": 1767225601, "model": "magistral-medium-latest",
  "choices": [{ "index": 0, "message": { "role": "assistant", "content": "done", "tool_calls": null, "prefix": false }, "finish_reason": "stop" }],
  "usage": { "prompt_tokens": 200, "completion_tokens": 5, "total_tokens": 205 }
}"#;

pub(super) fn fixture() -> Fixture {
    Fixture {
        name: "mistral/magistral-medium-latest",
        path: "/v1/chat/completions",
        key: Some("authorization: bearer "),
        calls: CALLS,
        answer: ANSWER,
        usage: [Some(300), Some(55), Some(64), None, None],
        second: |body| openai::second(body, CALLS, ["D681PevKs", "9RtZ0bQwe"]),
        errors: [
            Failure {
                status: "429 Too Many Requests",
                headers: "retry-after: 0\r\nmistral-correlation-id: 019b\r\n",
                body: r#"{ "object": "error", "message": "Rate limit exceeded", "type": "rate_limited", "param": null, "code": "1300" }"#,
                kind: Kind::RateLimited,
                retry_after: Some(Duration::ZERO),
                message: "429 Too Many Requests: Rate limit exceeded",
            },
            Failure {
                status: "401 Unauthorized",
                headers: "",
                body: r#"{ "message": "Unauthorized", "request_id": "7d3b" }"#,
                kind: Kind::Authentication,
                retry_after: None,
                message: "401 Unauthorized: Unauthorized; check the key in PATH",
            },
            Failure {
                status: "422 Unprocessable Entity",
                headers: "",
                body: r#"{ "object": "error", "message": { "detail": [{ "type": "extra_forbidden", "loc": ["body", "max_completion_tokens"], "msg": "Extra inputs are not permitted" }] }, "type": "invalid_request_error" }"#,
                kind: Kind::InvalidRequest,
                retry_after: None,
                message: "422 Unprocessable Entity: body.max_completion_tokens: Extra inputs are not permitted",
            },
        ],
    }
}

#[tokio::test]
async fn an_id_that_mistral_did_not_give_is_made_one_of_its_kind() {
    let calls = CALLS.replace(r#""id": "D681PevKs", "#, "").replace(r#""id": "9RtZ0bQwe", "#, "");
    let model = ModelServer::start([Reply::status("200 OK", "", &calls), Reply::status("200 OK", "", ANSWER)]).await;
    let agent = Agent::new(fixture().provider(&model.address).seed(u64::MAX).max_tokens(9));
    assert!(agent.mcp_server(server::calling("text 42")).run("go").await.unwrap().success);
    let body = &model.requests()[1].body;
    let ids = [2, 3].map(|place| body["messages"][place]["tool_call_id"].as_str().unwrap());
    let asked = [0, 1].map(|place| body["messages"][1]["tool_calls"][place]["id"].as_str().unwrap());
    assert_eq!(ids, asked);
    assert!(ids.iter().all(|id| id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())), "{ids:?}");
    assert_ne!(ids[0], ids[1]);
    assert_eq!((&body["random_seed"], &body["max_tokens"]), (&json!(0x7fff_ffff), &json!(9)));
    assert!(body.get("seed").is_none() && body.get("max_completion_tokens").is_none());
}
