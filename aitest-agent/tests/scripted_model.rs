//! The scripted model as a client sees it: HTTP over loopback, written by hand.
#![cfg(feature = "testing")]
#![expect(clippy::unwrap_used, reason = "it fails the test, in its helpers too")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use aitest_agent::testing::{Reply, ScriptedModel, json};
use serde_json::Value;

/// A reply off the wire.
#[derive(Debug)]
struct Got {
    status: u16,
    head: String,
    body: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn text(&self) -> String {
        self.json()["choices"][0]["message"]["content"].as_str().unwrap_or_default().to_owned()
    }
}

/// Sends one request on a connection of its own and reads to its end.
fn http(method: &str, url: &str, headers: &str, body: &str) -> Got {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let request = format!(
        "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply);
    let reply = String::from_utf8(reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap_or((&reply, ""));
    let status = head.split(' ').nth(1).map_or(0, |status| status.parse().unwrap());
    Got { status, head: head.to_owned(), body: body.to_owned() }
}

fn chat(base_url: &str, body: &Value) -> Got {
    http("POST", &format!("{base_url}/chat/completions"), "content-type: application/json\r\n", &body.to_string())
}

fn ask(base_url: &str, prompt: &str) -> Got {
    chat(base_url, &json!({"model": "m", "messages": [{"role": "user", "content": prompt}]}))
}

/// The base URL that the model hands out in another iteration.
fn in_iteration(model: &ScriptedModel, iteration: u32, seed: u64) -> String {
    let address = format!("/00000000000000aa.1.{iteration}.1.{seed:016x}/");
    model.base_url().replace("/outside.0000000000000000/", &address)
}

#[test]
fn a_whole_conversation_with_a_tool() {
    let model = ScriptedModel::named("scripted-1").on(
        "BALANCE",
        [
            Reply::tool_call("get_balance", json!({"account": "checking"})).and_tool_call("now", json!({})),
            Reply::text("You have {result1:/balance}."),
        ],
    );
    let mut messages = vec![json!({"role": "user", "content": "my Balance, please"})];
    let first = chat(&model.base_url(), &json!({"model": "any", "messages": messages}));
    assert_eq!(first.status, 200);
    assert!(first.head.to_lowercase().contains("content-type: application/json"));
    let first = first.json();
    assert_eq!((&first["object"], &first["model"]), (&json!("chat.completion"), &json!("scripted-1")));
    assert_eq!(first["choices"][0]["finish_reason"], "tool_calls");
    let message = &first["choices"][0]["message"];
    assert_eq!(message["content"], Value::Null);
    let call = &message["tool_calls"][0];
    assert_eq!((&call["type"], &call["function"]["name"]), (&json!("function"), &json!("get_balance")));
    assert_eq!(call["function"]["arguments"], r#"{"account":"checking"}"#);
    assert_ne!(call["id"], message["tool_calls"][1]["id"]);

    messages.push(message.clone());
    messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": r#"{"balance":"1,500.00"}"#}));
    messages.push(json!({"role": "tool", "tool_call_id": message["tool_calls"][1]["id"], "content": "noon"}));
    let second = chat(&model.base_url(), &json!({"model": "any", "messages": messages}));
    assert_eq!(second.text(), "You have 1,500.00.");
    assert_eq!(second.json()["choices"][0]["finish_reason"], "stop");
    assert_eq!(model.requests().len(), 2);
    assert_eq!(model.requests()[1].body()["messages"][3]["content"], "noon");
}

#[test]
fn usage_is_what_the_script_says_or_an_estimate() {
    let model = ScriptedModel::named("m")
        .on("said", [Reply::text("ok").usage(450, 38)])
        .otherwise([Reply::text("ok").finish_reason("length")]);
    let usage = |prompt: &str| ask(&model.base_url(), prompt).json()["usage"].clone();
    assert_eq!(usage("said"), json!({"prompt_tokens": 450, "completion_tokens": 38, "total_tokens": 488}));
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]}).to_string();
    assert_eq!(usage("hi")["prompt_tokens"], json!(body.len().div_ceil(4)));
    assert_eq!(ask(&model.base_url(), "hi").json()["choices"][0]["finish_reason"], "length");
}

/// The same draws, whatever the order and however many ask at once.
#[test]
fn draws_depend_on_the_iteration_alone() {
    let model = ScriptedModel::named("m").otherwise([Reply::one_of([(70, Reply::text("a")), (30, Reply::text("b"))])]);
    let draw = |iteration: u32| ask(&in_iteration(&model, iteration, u64::from(iteration) * 977), "go").text();
    let forward: Vec<_> = (1..=40).map(draw).collect();
    let mut backward: Vec<_> = (1..=40).rev().map(draw).collect();
    backward.reverse();
    let at_once: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (1..=40).map(|iteration| scope.spawn(move || draw(iteration))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(forward, backward);
    assert_eq!(forward, at_once);
    assert!(forward.contains(&"a".to_owned()) && forward.contains(&"b".to_owned()), "{forward:?}");

    let again = ScriptedModel::named("m").otherwise([Reply::one_of([(70, Reply::text("a")), (30, Reply::text("b"))])]);
    let rebuilt: Vec<_> = (1..=40).map(|it| ask(&in_iteration(&again, it, u64::from(it) * 977), "go").text()).collect();
    assert_eq!(forward, rebuilt);
}

#[test]
fn the_prompt_and_the_name_are_part_of_the_draw() {
    let coin = || Reply::one_of([(50, Reply::text("a")), (50, Reply::text("b"))]);
    let (one, two) = (ScriptedModel::named("one").otherwise([coin()]), ScriptedModel::named("two").otherwise([coin()]));
    let draws = |model: &ScriptedModel, prompt: &str| -> String {
        (0..32).map(|seed| ask(&in_iteration(model, 1, seed), prompt).text()).collect()
    };
    let base = draws(&one, "x");
    assert_ne!(base, draws(&one, "y"));
    assert_ne!(base, draws(&two, "x"));
}

#[test]
fn an_error_goes_away_after_some_retries_in_each_iteration() {
    let overloaded = Reply::status(429).retry_after(1);
    let model = ScriptedModel::named("m").otherwise([Reply::times(2, overloaded).then(Reply::text("ok"))]);
    for iteration in [1, 2] {
        let url = in_iteration(&model, iteration, 5);
        let first = ask(&url, "go");
        assert_eq!(first.status, 429);
        assert!(first.head.to_lowercase().contains("retry-after: 1"), "{}", first.head);
        assert_eq!(first.json()["error"]["code"], "rate_limit_exceeded");
        assert_eq!(ask(&url, "go").status, 429);
        assert_eq!(ask(&url, "another conversation").status, 429);
        assert_eq!(ask(&url, "go").text(), "ok");
    }
    assert_eq!(model.all_requests().len(), 8);
    assert_eq!(model.all_requests()[4].iteration().map(|key| key.iteration), Some(2));
    assert!(model.requests().is_empty(), "none was made outside a test");
}

#[test]
fn a_model_breaks_in_every_scripted_way() {
    let model = ScriptedModel::named("m")
        .on("500", [Reply::status(500)])
        .on("long", [Reply::status(400).error("context_length_exceeded", "too long")])
        .on("cut", [Reply::cut_connection()])
        .on("malformed", [Reply::malformed_json()])
        .on("html", [Reply::html()])
        .on("nothing", [Reply::no_choices()])
        .on("refuse", [Reply::refusal("I may not.")])
        .on("filter", [Reply::content_filter()])
        .on("raw", [Reply::raw_tool_call("transfer", "{\"amount\": ")]);
    let go = |prompt: &str| ask(&model.base_url(), prompt);

    assert_eq!((go("500").status, go("500").json()["error"]["type"].clone()), (500, json!("server_error")));
    assert_eq!(
        (go("long").status, go("long").json()["error"]["code"].clone()),
        (400, json!("context_length_exceeded"))
    );
    let malformed = go("malformed");
    assert_eq!(malformed.status, 200);
    assert!(serde_json::from_str::<Value>(&malformed.body).is_err());
    assert!(go("html").head.contains("text/html") && go("html").body.starts_with("<!doctype html>"));
    assert_eq!(go("nothing").json()["choices"], json!([]));
    assert_eq!(go("refuse").json()["choices"][0]["message"]["refusal"], "I may not.");
    assert_eq!(go("filter").json()["choices"][0]["finish_reason"], "content_filter");
    let raw = go("raw").json();
    assert_eq!(raw["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"], "{\"amount\": ");

    let cut = go("cut");
    let announced =
        cut.head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    assert!(announced.is_none_or(|length: usize| cut.body.len() < length), "{cut:?}");
}

#[test]
fn a_hanging_model_says_nothing_and_holds_up_nobody() {
    let model = ScriptedModel::named("m").on("hang", [Reply::hang()]).otherwise([Reply::text("ok")]);
    let url = model.base_url();
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let body = r#"{"model":"m","messages":[{"role":"user","content":"hang"}]}"#;
    let length = body.len();
    write!(stream, "POST /{path}/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}")
        .unwrap();
    assert!(stream.read(&mut [0; 1]).is_err(), "an answer came");
    assert_eq!(ask(&url, "hello").text(), "ok");
}

#[test]
fn latencies_add_up() {
    let model = ScriptedModel::named("m")
        .otherwise([Reply::text("ok").latency(Duration::from_millis(30))])
        .latency(Duration::from_millis(30));
    let started = Instant::now();
    assert_eq!(ask(&model.base_url(), "hi").status, 200);
    assert!(started.elapsed() >= Duration::from_millis(60));
}

#[test]
fn bad_requests_are_refused_in_the_format_of_the_provider() {
    let model = ScriptedModel::named("m").on("bad", [Reply::text("hi").retry_after(1)]);
    let url = model.base_url();
    let message = |got: Got| got.json()["error"]["message"].as_str().unwrap().to_owned();

    let unknown = http("GET", &format!("{url}/embeddings"), "", "");
    assert_eq!((unknown.status, unknown.json()["error"]["code"].clone()), (404, json!("unknown_url")));
    assert_eq!(http("GET", &format!("{url}/chat/completions"), "", "").status, 404);
    let malformed = http("POST", &format!("{url}/chat/completions"), "", "{");
    assert_eq!((malformed.status, malformed.json()["error"]["type"].clone()), (400, json!("invalid_request_error")));
    assert_eq!(model.requests()[0].body(), "{");
    assert_eq!(ask(&url, "hello").status, 400);
    assert!(message(ask(&url, "hello")).contains("no reply to \"hello\""));
    assert_eq!(message(ask(&url, "bad")), "Reply::retry_after needs a Reply::status(..)");

    let server = url.split("/v1").next().unwrap().rsplitn(3, '/').last().unwrap().to_owned();
    assert_eq!(http("GET", &format!("{server}/v1/models"), "", "").status, 404);
    drop(model);
    assert!(message(http("GET", &format!("{url}/models"), "", "")).contains("hold the `ScriptedModel`"));
}

#[test]
fn models_are_listed_and_keys_are_asked_for() {
    let model = ScriptedModel::named("scripted-1").otherwise([Reply::text("ok")]).require_key("k-123");
    let url = format!("{}/models", model.base_url());
    let denied = http("GET", &url, "authorization: Bearer other\r\n", "");
    assert_eq!((denied.status, denied.json()["error"]["code"].clone()), (401, json!("invalid_api_key")));
    assert!(!denied.body.contains("k-123"));
    for header in ["authorization: Bearer k-123\r\n", "api-key: k-123\r\n"] {
        assert_eq!(http("GET", &url, header, "").json()["data"][0]["id"], "scripted-1");
    }
}

#[test]
fn a_reply_can_be_streamed() {
    let model = ScriptedModel::named("m")
        .otherwise([Reply::tool_call("a", json!({"x": 1})).and_text("Let me see.").and_tool_call("b", json!({}))]);
    let got = chat(
        &model.base_url(),
        &json!({
            "model": "m", "stream": true, "stream_options": {"include_usage": true},
            "messages": [{"role": "user", "content": "hi"}],
        }),
    );
    assert!(got.head.contains("text/event-stream"), "{}", got.head);
    let events: Vec<_> = got.body.split_terminator("\n\n").map(|event| event.strip_prefix("data: ").unwrap()).collect();
    let (done, chunks) = events.split_last().unwrap();
    assert_eq!(*done, "[DONE]");
    let chunks: Vec<Value> = chunks.iter().map(|chunk| serde_json::from_str(chunk).unwrap()).collect();
    let delta = |at: usize| &chunks[at]["choices"][0]["delta"];
    assert_eq!(chunks.len(), 5);
    assert!(chunks.iter().all(|chunk| chunk["object"] == "chat.completion.chunk"));
    assert_eq!((&delta(0)["role"], &delta(0)["content"]), (&json!("assistant"), &json!("Let me see.")));
    assert_eq!(delta(1)["tool_calls"][0]["function"], json!({"name": "a", "arguments": "{\"x\":1}"}));
    assert_eq!(delta(2)["tool_calls"][0]["index"], 1);
    assert_eq!(chunks[3]["choices"][0]["finish_reason"], "tool_calls");
    assert_eq!(chunks[4]["choices"], json!([]));
    assert!(chunks[4]["usage"]["total_tokens"].is_u64());
}

#[test]
fn one_connection_serves_many_requests() {
    let model = ScriptedModel::named("m").otherwise([Reply::text("ok")]);
    let url = model.base_url();
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    for _ in 0..3 {
        write!(stream, "GET /{path}/models HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["object"], "list");
    }
}
