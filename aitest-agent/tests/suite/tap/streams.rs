//! Streamed answers on every wire: passed on as they come, and put together for the record.

use aitest_agent::Wire;
use aitest_runtime::{Iteration, Result};
use serde_json::{Value, json};

use super::server::Streaming;
use super::{Left, post, tap, whole};
use crate::http::{ModelServer, Reply};

const EVENTS: &str = "content-type: text/event-stream; charset=utf-8\r\n";

pub(super) async fn body(name: &str, it: &Iteration) -> Result {
    match name {
        "unbuffered" => unbuffered(it).await,
        "no_usage" => {
            let chunk =
                r#"data: {"model":"m-1","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}"#;
            let server = ModelServer::start([events(&[chunk, "data: [DONE]"])]).await;
            let request = json!({"model": "m", "stream": true, "messages": [{"role": "user", "content": "hi"}]});
            post(&format!("{}/chat/completions", tap(it, Wire::OpenAi, &server.base_url())), &request).await;
        }
        "gemini_array" => {
            let parts = [
                r#"[{"candidates":[{"content":{"parts":[{"text":"You "}]}}]}"#,
                r#",{"candidates":[{"content":{"parts":[{"text":"win."}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}}]"#,
            ];
            let server = ModelServer::start([Reply::status("200 OK", "", &parts.concat())]).await;
            let request = json!({"contents": [{"role": "user", "parts": [{"text": "hi"}]}]});
            let url = tap(it, Wire::Gemini, &server.base_url());
            post(&format!("{url}/models/m:streamGenerateContent"), &request).await;
        }
        wire => talk(wire, it).await,
    }
    Ok(())
}

fn events(events: &[&str]) -> Reply {
    Reply::status("200 OK", EVENTS, &events.iter().map(|event| format!("{event}\n\n")).collect::<String>())
}

/// A call, its result, and an answer.
async fn talk(name: &str, it: &Iteration) {
    let (wire, path, requests, replies) = match name {
        "openai" => (Wire::OpenAi, "/chat/completions", openai(), openai_events()),
        "responses" => (Wire::OpenAi, "/responses", responses(), responses_events()),
        "anthropic" => (Wire::Anthropic, "/v1/messages", anthropic(), anthropic_events()),
        "gemini" => (
            Wire::Gemini,
            "/v1beta/models/gemini-3-flash-preview:streamGenerateContent?alt=sse",
            gemini(),
            gemini_events(),
        ),
        _ => panic!("unknown scenario {name}"),
    };
    let server = ModelServer::start(replies.map(|reply| events(&reply))).await;
    let url = tap(it, wire, &format!("http://{}", server.address));
    for request in requests {
        let (status, answer) = post(&format!("{url}{path}"), &request).await;
        assert_eq!(status, 200, "{answer}");
        assert!(answer.starts_with("data: ") || answer.starts_with("event: "), "{answer}");
    }
}

fn openai() -> [Value; 2] {
    let said = [json!({"role": "system", "content": "be brief"}), json!({"role": "user", "content": "balance?"})];
    let call = json!({"id": "c1", "type": "function", "function": {"name": "get_balance", "arguments": "{\"a\":1}"}});
    let result = [
        json!({"role": "assistant", "content": "", "tool_calls": [call]}),
        json!({"role": "tool", "tool_call_id": "c1", "content": "1500"}),
    ];
    let request = |messages: Vec<Value>| json!({"model": "gpt-5-mini", "stream": true, "stream_options": {"include_usage": true}, "messages": messages});
    [request(said.to_vec()), request([said, result].concat())]
}

fn openai_events() -> [Vec<&'static str>; 2] {
    [
        vec![
            r#"data: {"model":"gpt-5-mini-2025-08-07","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"c1","function":{"name":"get_balance","arguments":""}}]}}]}"#,
            r#"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":1}"}}]}}]}"#,
            r#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
            r#"data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}"#,
            "data: [DONE]",
        ],
        vec![
            r#"data: {"model":"gpt-5-mini-2025-08-07","choices":[{"index":0,"delta":{"content":"You have "}}]}"#,
            r#"data: {"choices":[{"index":0,"delta":{"content":"1500."},"finish_reason":"stop"}]}"#,
            r#"data: {"choices":[],"usage":{"prompt_tokens":20,"completion_tokens":5}}"#,
            "data: [DONE]",
        ],
    ]
}

fn responses() -> [Value; 2] {
    let result = json!({"type": "function_call_output", "call_id": "c1", "output": "1500"});
    [
        json!({"model": "gpt-5-mini", "stream": true, "instructions": "be brief", "input": "balance?"}),
        json!({"model": "gpt-5-mini", "stream": true, "previous_response_id": "r1", "input": [result]}),
    ]
}

fn responses_events() -> [Vec<&'static str>; 2] {
    [
        vec![
            "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"r1\"}}",
            r#"data: {"type":"response.completed","response":{"id":"r1","model":"gpt-5-mini-2025-08-07","status":"completed","output":[{"type":"function_call","call_id":"c1","name":"get_balance","arguments":"{\"a\":1}"}],"usage":{"input_tokens":10,"output_tokens":5}}}"#,
        ],
        vec![
            r#"data: {"type":"response.output_text.delta","delta":"You have "}"#,
            r#"data: {"type":"response.completed","response":{"id":"r2","model":"gpt-5-mini-2025-08-07","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"You have 1500."}]}],"usage":{"input_tokens":20,"output_tokens":5}}}"#,
        ],
    ]
}

fn anthropic() -> [Value; 2] {
    let said = json!({"role": "user", "content": "balance?"});
    let call = json!({"type": "tool_use", "id": "c1", "name": "get_balance", "input": {"a": 1}});
    let result = json!({"type": "tool_result", "tool_use_id": "c1", "content": "1500"});
    let request = |messages: Value| json!({"model": "claude-haiku-4-5", "max_tokens": 9, "stream": true, "system": "be brief", "messages": messages});
    let answered = json!([said, {"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]);
    [request(json!([said])), request(answered)]
}

fn anthropic_events() -> [Vec<&'static str>; 2] {
    [
        vec![
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-haiku-4-5-20251001\",\"usage\":{\"input_tokens\":10,\"output_tokens\":1}}}",
            r#"data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"c1","name":"get_balance","input":{}}}"#,
            r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}"#,
            r#"data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}"#,
            r#"data: {"type":"message_stop"}"#,
        ],
        vec![
            r#"data: {"type":"message_start","message":{"model":"claude-haiku-4-5-20251001","usage":{"input_tokens":20,"output_tokens":1}}}"#,
            r#"data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"You have 1500."}}"#,
            r#"data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}"#,
            r#"data: {"type":"message_stop"}"#,
        ],
    ]
}

fn gemini() -> [Value; 2] {
    let said = json!({"role": "user", "parts": [{"text": "balance?"}]});
    let call = json!({"functionCall": {"name": "get_balance", "args": {"a": 1}}});
    let result = json!({"functionResponse": {"name": "get_balance", "response": {"output": "1500"}}});
    let request =
        |contents: Value| json!({"systemInstruction": {"parts": [{"text": "be brief"}]}, "contents": contents});
    let answered = json!([said, {"role": "model", "parts": [call]}, {"role": "user", "parts": [result]}]);
    [request(json!([said])), request(answered)]
}

fn gemini_events() -> [Vec<&'static str>; 2] {
    [
        vec![
            r#"data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"get_balance","args":{"a":1}}}]},"finishReason":"STOP"}],"modelVersion":"gemini-3-flash-preview","usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5}}"#,
        ],
        vec![
            r#"data: {"candidates":[{"content":{"parts":[{"text":"You have "}]}}],"modelVersion":"gemini-3-flash-preview","usageMetadata":{"promptTokenCount":20}}"#,
            r#"data: {"candidates":[{"content":{"parts":[{"text":"1500."}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":20,"candidatesTokenCount":5}}"#,
        ],
    ]
}

/// The agent has the first event before the provider sends the second.
async fn unbuffered(it: &Iteration) {
    let server = Streaming::start(
        "200 OK\r\ncontent-type: text/event-stream",
        &[
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        ],
    )
    .await;
    let url = format!("{}/chat/completions", tap(it, Wire::OpenAi, &server.address));
    let request = json!({"model": "m", "stream": true, "messages": [{"role": "user", "content": "hi"}]});
    let mut response = reqwest::Client::new().post(url).json(&request).send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    assert!(first.ends_with(b"\"a\"}}]}\n\n"), "{first:?}");
    server.go_on();
    let second = response.chunk().await.unwrap().unwrap();
    assert!(second.ends_with(b"[DONE]\n\n"), "{second:?}");
}

#[test]
fn openai_chunks() {
    whole::check(&Left::of("streams/openai"), "gpt-5-mini");
}

#[test]
fn openai_response_events() {
    whole::check(&Left::of("streams/responses"), "gpt-5-mini");
}

#[test]
fn anthropic_events_are_put_together() {
    whole::check(&Left::of("streams/anthropic"), "claude-haiku-4-5");
}

#[test]
fn gemini_parts() {
    whole::check(&Left::of("streams/gemini"), "gemini-3-flash-preview");
}

#[test]
fn a_gemini_array() {
    let left = Left::of("streams/gemini_array");
    assert_eq!(left.said().last(), Some(&("assistant", "You win.")), "{}", left.record());
}

#[test]
fn events_pass_as_they_come() {
    let left = Left::of("streams/unbuffered");
    assert_eq!((left.outcome(), left.said().last()), ("passed", Some(&("assistant", "ab"))), "{}", left.record());
}

/// The request is not changed so that tokens are told: the agent asks for them, or they are unknown.
#[test]
fn a_stream_without_usage_has_unknown_tokens() {
    let left = Left::of("streams/no_usage");
    assert_eq!(left.record()["turns"][1]["usage"], Value::Null, "{}", left.record());
    assert_eq!((&left.record()["agent"]["unpriced"], &left.record()["agent"]["cost"]), (&json!(1), &Value::Null));
    assert!(left.warning("usage_unknown").contains("include_usage"), "{:?}", left.warnings);
}
