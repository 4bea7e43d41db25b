//! <https://ai.google.dev/gemini-api/docs/function-calling>, <https://ai.google.dev/gemini-api/docs/thought-signatures>,
//! <https://ai.google.dev/gemini-api/docs/troubleshooting>.

use std::time::Duration;

use aitest_agent::{Agent, ProviderErrorKind as Kind, StopReason};
use serde_json::{Value, json};

use super::{Failure, Fixture};
use crate::http::{ModelServer, Reply};
use crate::server;

const CALLS: &str = r#"{
  "candidates": [{
    "content": {
      "role": "model",
      "parts": [
        { "functionCall": { "id": "fzq8tu5c", "name": "a", "args": { "x": 1 } }, "thoughtSignature": "CpYBAdHtim+/==" },
        { "functionCall": { "id": "w0ptb7e2", "name": "b", "args": {} } }
      ]
    },
    "finishReason": "STOP", "index": 0
  }],
  "usageMetadata": {
    "promptTokenCount": 100, "candidatesTokenCount": 30, "thoughtsTokenCount": 20, "cachedContentTokenCount": 64,
    "totalTokenCount": 150, "promptTokensDetails": [{ "modality": "TEXT", "tokenCount": 100 }]
  },
  "modelVersion": "gemini-3-flash-001", "responseId": "resp-1"
}"#;

const ANSWER: &str = r#"{
  "candidates": [{
    "content": { "role": "model", "parts": [{ "text": "done", "thoughtSignature": "CpYBAdHtim" }] },
    "finishReason": "STOP", "index": 0
  }],
  "usageMetadata": { "promptTokenCount": 200, "candidatesTokenCount": 5, "totalTokenCount": 205 },
  "modelVersion": "gemini-3-flash-001", "responseId": "resp-2"
}"#;

pub(super) fn fixture() -> Fixture {
    Fixture {
        name: "gemini/gemini-3-flash",
        path: "/v1beta/models/gemini-3-flash:generateContent",
        key: Some("x-goog-api-key: "),
        calls: CALLS,
        answer: ANSWER,
        usage: [Some(300), Some(55), Some(64), None, Some(20)],
        second: |body| {
            assert_eq!(body["systemInstruction"], json!({ "parts": [{ "text": "be brief" }] }));
            let functions = &body["tools"][0]["functionDeclarations"];
            assert_eq!(functions[0], json!({ "name": "a", "description": "tool a" }));
            let contents = body["contents"].as_array().unwrap();
            assert_eq!(contents.len(), 3);
            assert_eq!(contents[0], json!({ "role": "user", "parts": [{ "text": "go" }] }));
            let calls: Value = serde_json::from_str(CALLS).unwrap();
            assert_eq!(contents[1], calls["candidates"][0]["content"], "with its signature");
            let response = |id: &str, name: &str| json!({ "functionResponse": { "id": id, "name": name, "response": { "output": "42" } } });
            assert_eq!(
                contents[2],
                json!({ "role": "user", "parts": [response("fzq8tu5c", "a"), response("w0ptb7e2", "b")] })
            );
        },
        errors: errors(),
    }
}

fn errors() -> [Failure; 3] {
    [
        Failure {
            status: "429 Too Many Requests",
            headers: "",
            body: r#"{ "error": {
                  "code": 429, "message": "You exceeded your current quota.", "status": "RESOURCE_EXHAUSTED",
                  "details": [
                    { "@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{ "quotaId": "GenerateRequestsPerMinutePerProjectPerModel" }] },
                    { "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.002s" }
                  ]
                } }"#,
            kind: Kind::RateLimited,
            retry_after: Some(Duration::from_millis(2)),
            message: "429 Too Many Requests: You exceeded your current quota.",
        },
        Failure {
            status: "400 Bad Request",
            headers: "",
            body: r#"{ "error": {
                  "code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT",
                  "details": [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com" }]
                } }"#,
            kind: Kind::Authentication,
            retry_after: None,
            message: "400 Bad Request: API key not valid…; check the key in PATH",
        },
        Failure {
            status: "429 Too Many Requests",
            headers: "",
            body: r#"{ "error": {
                  "code": 429, "message": "You exceeded your current quota.", "status": "RESOURCE_EXHAUSTED",
                  "details": [{ "@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{ "quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] }]
                } }"#,
            kind: Kind::QuotaExceeded,
            retry_after: None,
            message: "; the account of the key in PATH has no credit or quota left",
        },
    ]
}

#[tokio::test]
async fn calls_without_an_id_are_answered_without_one() {
    let calls = CALLS.replace(r#""id": "fzq8tu5c", "#, "").replace(r#""id": "w0ptb7e2", "#, "");
    let model = ModelServer::start([Reply::status("200 OK", "", &calls), Reply::status("200 OK", "", ANSWER)]).await;
    let agent = Agent::new(fixture().provider(&model.address)).mcp_server(server::calling("text 42"));
    let result = agent.run("go").await.unwrap();
    assert!(result.success);
    let parts = &model.requests()[1].body["contents"][2]["parts"];
    assert_eq!(parts[1], json!({ "functionResponse": { "name": "b", "response": { "output": "42" } } }));
    let ids = result.tool_calls().map(|call| &*call.id).collect::<Vec<_>>();
    assert_eq!(ids, ["aitest_call_0", "aitest_call_1"]);
}

#[tokio::test]
async fn a_call_that_gemini_cannot_read_goes_back_as_a_failed_call() {
    let malformed = r#"{ "candidates": [{ "finishReason": "MALFORMED_FUNCTION_CALL", "finishMessage": "Malformed function call: print(default_api.a(x=" }] }"#;
    let replies = [malformed, ANSWER].map(|body| Reply::status("200 OK", "", body));
    let model = ModelServer::start(replies).await;
    let agent = Agent::new(fixture().provider(&model.address)).mcp_server(server::calling("text 42"));
    let result = agent.run("go").await.unwrap();
    assert!(result.success);
    let call = result.tool_calls().next().unwrap();
    assert_eq!((&*call.name, &*call.arguments), ("a", "Malformed function call: print(default_api.a(x="));
    assert!(call.error.as_ref().unwrap().starts_with("the arguments are not valid JSON"), "{call:?}");
    let contents = &model.requests()[1].body["contents"];
    assert_eq!(contents[1]["parts"][0]["thoughtSignature"], "skip_thought_signature_validator");
    assert_eq!(contents[1]["parts"][0]["functionCall"]["name"], "a");
    assert_eq!(contents[2]["parts"][0]["functionResponse"]["response"]["error"], call.error.as_deref().unwrap());
}

#[tokio::test]
async fn what_is_filtered_is_the_subjects_doing() {
    for (body, message) in [
        (r#"{ "candidates": [{ "finishReason": "SAFETY" }] }"#, "finish reason `SAFETY`"),
        (
            r#"{ "promptFeedback": { "blockReason": "PROHIBITED_CONTENT" } }"#,
            "gemini/gemini-3-flash: the prompt was blocked (PROHIBITED_CONTENT); change what the agent is told",
        ),
    ] {
        let model = ModelServer::start([Reply::status("200 OK", "", body)]).await;
        let result = Agent::new(fixture().provider(&model.address)).run("go").await.unwrap();
        assert_eq!(result.error, Some(StopReason::ContentFilter { message: message.to_owned() }));
    }
}
