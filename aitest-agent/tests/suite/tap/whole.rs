//! Whole answers on every wire.

use aitest_agent::Wire;
use aitest_runtime::{Iteration, Result};
use serde_json::{Value, json};

use super::{Left, post, tap};
use crate::http::{ModelServer, Reply};

pub(super) async fn body(name: &str, it: &Iteration) -> Result {
    let (wire, paths, talk) = match name {
        "openai" => (Wire::OpenAi, ["/chat/completions", "/v1/chat/completions"], openai()),
        "responses" => (Wire::OpenAi, ["/responses", "/responses"], responses()),
        "anthropic" => (Wire::Anthropic, ["/v1/messages", "/messages"], anthropic()),
        "gemini" => {
            let path = "/v1beta/models/gemini-3-flash-preview:generateContent";
            (Wire::Gemini, [path, path], gemini())
        }
        _ => panic!("unknown scenario {name}"),
    };
    let server = ModelServer::start(talk.iter().map(|(_, reply)| Reply::json(reply))).await;
    // The version is added where the wire has one.
    let upstream = match wire {
        Wire::OpenAi => server.base_url(),
        _ => format!("http://{}", server.address),
    };
    let url = tap(it, wire, &upstream);
    for ((request, reply), path) in talk.iter().zip(paths) {
        let (status, answer) = post(&format!("{url}{path}"), request).await;
        assert_eq!((status, serde_json::from_str::<Value>(&answer)?), (200, reply.clone()), "the answer is unchanged");
    }
    for ((request, _), got) in talk.iter().zip(server.requests()) {
        assert_eq!(got.body, *request, "the request is unchanged");
        assert!(got.head.contains("authorization: Bearer tap-suite-key-4711"), "{}", got.head);
        assert!(got.head.starts_with("POST /v1"), "{}", got.head);
    }
    Ok(())
}

/// The requests and replies of a conversation with one tool call.
type Talk = [(Value, Value); 2];

fn openai() -> Talk {
    let system = json!({"role": "system", "content": "be brief"});
    let user = json!({"role": "user", "content": "balance?"});
    let call = json!({"id": "c1", "type": "function", "function": {"name": "get_balance", "arguments": "{\"a\":1}"}});
    let asks = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let reply = |message: &Value, finish: &str, input: u64| {
        json!({
            "model": "gpt-5-mini-2025-08-07", "choices": [{"message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": input, "completion_tokens": 5},
        })
    };
    let says = json!({"role": "assistant", "content": "You have 1500."});
    let result = json!({"role": "tool", "tool_call_id": "c1", "content": "1500"});
    // The client writes the model's message anew.
    let again = json!({"role": "assistant", "tool_calls": [call]});
    [
        (json!({"model": "gpt-5-mini", "messages": [system, user]}), reply(&asks, "tool_calls", 10)),
        (json!({"model": "gpt-5-mini", "messages": [system, user, again, result]}), reply(&says, "stop", 20)),
    ]
}

fn responses() -> Talk {
    let reply = |id: &str, output: Value, input: u64| {
        json!({
            "id": id, "model": "gpt-5-mini-2025-08-07", "status": "completed", "output": [output],
            "usage": {"input_tokens": input, "output_tokens": 5},
        })
    };
    let call = json!({"type": "function_call", "call_id": "c1", "name": "get_balance", "arguments": "{\"a\":1}"});
    let says = json!({"type": "message", "content": [{"type": "output_text", "text": "You have 1500."}]});
    let result = json!({"type": "function_call_output", "call_id": "c1", "output": "1500"});
    [
        (json!({"model": "gpt-5-mini", "instructions": "be brief", "input": "balance?"}), reply("r1", call, 10)),
        (json!({"model": "gpt-5-mini", "previous_response_id": "r1", "input": [result]}), reply("r2", says, 20)),
    ]
}

fn anthropic() -> Talk {
    let user = json!({"role": "user", "content": "balance?"});
    let call = json!({"type": "tool_use", "id": "c1", "name": "get_balance", "input": {"a": 1}});
    let reply = |block: &Value, stop: &str, input: u64| {
        json!({
            "model": "claude-haiku-4-5-20251001", "content": [block], "stop_reason": stop,
            "usage": {"input_tokens": input, "output_tokens": 5},
        })
    };
    let says = json!({"type": "text", "text": "You have 1500."});
    let result = json!({"type": "tool_result", "tool_use_id": "c1", "content": "1500"});
    let request = |messages: Value| json!({"model": "claude-haiku-4-5", "max_tokens": 99, "system": "be brief", "messages": messages});
    let answered = json!([user, {"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]);
    [(request(json!([user])), reply(&call, "tool_use", 10)), (request(answered), reply(&says, "end_turn", 20))]
}

fn gemini() -> Talk {
    let user = json!({"role": "user", "parts": [{"text": "balance?"}]});
    let call = json!({"functionCall": {"name": "get_balance", "args": {"a": 1}}});
    let reply = |part: &Value, input: u64| {
        json!({
            "candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}],
            "modelVersion": "gemini-3-flash-preview",
            "usageMetadata": {"promptTokenCount": input, "candidatesTokenCount": 5},
        })
    };
    let result = json!({"functionResponse": {"name": "get_balance", "response": {"output": "1500"}}});
    let request =
        |contents: Value| json!({"systemInstruction": {"parts": [{"text": "be brief"}]}, "contents": contents});
    let answered = json!([user, {"role": "model", "parts": [call]}, {"role": "user", "parts": [result]}]);
    [(request(json!([user])), reply(&call, 10)), (request(answered), reply(&json!({"text": "You have 1500."}), 20))]
}

/// The same conversation leaves the same record on every wire.
pub(super) fn check(left: &Left, model: &str) {
    assert_eq!(left.outcome(), "passed", "{}", left.record());
    let record = left.record();
    assert_eq!(record["agents"], json!([model]));
    let expected = [("system", "be brief"), ("user", "balance?"), ("assistant", ""), ("assistant", "You have 1500.")];
    assert_eq!(left.said(), expected, "{record:#}");
    let call = &record["turns"][2]["calls"][0];
    assert_eq!((&call["tool"], &call["arguments"]), (&json!("get_balance"), &json!("{\"a\":1}")));
    assert_eq!((&call["result"], &call["error"]), (&json!("1500"), &Value::Null));
    assert_eq!(record["turns"][2]["usage"], json!({"input_tokens": 10, "output_tokens": 5}));
    assert_eq!(record["agent"]["usage"], json!({"input_tokens": 30, "output_tokens": 10}));
    assert!(record["agent"]["cost"].is_number(), "{}", record["agent"]);
    assert!(record["turns"][3]["served_model"].as_str().unwrap().starts_with(model), "{record:#}");
    assert_eq!(record["final_response"], "You have 1500.");
    assert!(!left.journal.contains("tap-suite-key-4711"), "the key is nowhere");
}

#[test]
fn openai_chat_completions() {
    check(&Left::of("whole/openai"), "gpt-5-mini");
}

#[test]
fn openai_responses() {
    check(&Left::of("whole/responses"), "gpt-5-mini");
}

#[test]
fn anthropic_messages() {
    check(&Left::of("whole/anthropic"), "claude-haiku-4-5");
}

#[test]
fn gemini_contents() {
    check(&Left::of("whole/gemini"), "gemini-3-flash-preview");
}
