//! What passes beside the conversation: other paths, several conversations, names.

use aitest_agent::{TapExt, Wire};
use aitest_runtime::{Iteration, Result};
use serde_json::{Value, json};

use super::{Left, post, tap};
use crate::http::{ModelServer, Reply};

fn request(said: &[(&str, &str)]) -> Value {
    let messages: Vec<Value> = said.iter().map(|(role, text)| json!({"role": role, "content": text})).collect();
    json!({"model": "m", "messages": messages})
}

pub(super) async fn body(name: &str, it: &Iteration) -> Result {
    let server = ModelServer::start([Reply::text("one"), Reply::text("two"), Reply::text("three")]).await;
    let url = tap(it, Wire::OpenAi, &server.base_url());
    let chat = format!("{url}/chat/completions");
    match name {
        "other_paths" => {
            post(&format!("{url}/embeddings"), &json!({"model": "e", "input": "a"})).await;
            let models = reqwest::Client::new().get(format!("{url}/models?limit=1")).send().await?;
            assert_eq!((models.status().as_u16(), models.headers()["x-request-id"].to_str()?), (200, "req-1"));
            post(&chat, &json!(["no object"])).await;
            let paths: Vec<String> =
                server.requests().iter().map(|got| got.head.lines().next().unwrap_or_default().to_owned()).collect();
            let expected = [
                "POST /v1/embeddings HTTP/1.1",
                "GET /v1/models?limit=1 HTTP/1.1",
                "POST /v1/chat/completions HTTP/1.1",
            ];
            assert_eq!(paths, expected);
        }
        "conversations" => {
            post(&chat, &request(&[("user", "a")])).await;
            post(&chat, &request(&[("user", "b")])).await;
            // A client that trims: the model's message is left out.
            post(&chat, &request(&[("user", "a"), ("user", "and?")])).await;
        }
        "history" => {
            post(&chat, &request(&[("user", "x"), ("assistant", "y"), ("user", "z")])).await;
        }
        "named" => {
            it.set_agent("teller", "openai/gpt-5-mini");
            it.record_prompt("by hand");
            post(&chat, &request(&[("user", "a")])).await;
        }
        "served_by" => {
            let url = it.tap(Wire::OpenAi)?.to(server.base_url()).provider("groq").base_url();
            post(&format!("{url}/chat/completions"), &request(&[("user", "a")])).await;
        }
        // The prompt holds the request's own keys.
        "own_keys" => {
            let asked = request(&[("user", "keys: tap-own-header-4711 tap-own-query-4711")]);
            let call = reqwest::Client::new().post(format!("{chat}?access_token=tap-own-query-4711"));
            call.header("x-api-key", "tap-own-header-4711").json(&asked).send().await?;
        }
        // The process's variable names the server.
        "variable" => {
            let url = it.tap(Wire::OpenAi)?.to_string();
            post(&format!("{url}/chat/completions"), &request(&[("user", "a")])).await;
        }
        _ => panic!("unknown scenario {name}"),
    }
    Ok(())
}

#[test]
fn what_is_not_understood_is_passed_on_and_named() {
    let left = Left::of("passing/other_paths");
    assert_eq!(left.outcome(), "passed", "{}", left.record());
    let expected = [
        "POST /embeddings was forwarded and not recorded: 200 OK",
        "GET /models was forwarded and not recorded: 200 OK",
        "POST /chat/completions was forwarded and not recorded: 200 OK",
    ];
    assert_eq!(left.record()["notes"], json!(expected));
    assert!(left.warning("tap_not_recorded").starts_with("POST /embeddings goes through a tap"));
}

#[test]
fn conversations_are_told_apart() {
    let left = Left::of("passing/conversations");
    let expected = [
        ("user", "a"),
        ("assistant", "one"),
        ("user", "b"),
        ("assistant", "two"),
        ("user", "and?"),
        ("assistant", "three"),
    ];
    assert_eq!(left.said(), expected);
}

#[test]
fn a_history_is_told_by_its_length() {
    let left = Left::of("passing/history");
    let expected = [("note", "continues a conversation of 2 messages"), ("user", "z"), ("assistant", "one")];
    assert_eq!(left.said(), expected);
}

#[test]
fn the_test_names_the_agent() {
    let left = Left::of("passing/named");
    assert_eq!(left.record()["agents"], json!(["teller"]));
    assert_eq!(left.said(), [("user", "by hand"), ("user", "a"), ("assistant", "one")]);
    let left = Left::of("passing/served_by");
    assert_eq!(left.record()["agents"], json!(["groq/m"]));
}

#[test]
fn a_request_s_own_keys_are_in_no_record() {
    let left = Left::of("passing/own_keys");
    assert_eq!(left.said()[0], ("user", "keys: [redacted:x-api-key] [redacted:access_token]"));
    assert!(!left.journal.contains("tap-own-"), "{}", left.journal);
}

#[test]
fn the_wire_s_variable_names_the_provider() {
    let folder = tempfile::tempdir().unwrap();
    let left = Left::at(folder.path(), "passing/variable", &[("OPENAI_BASE_URL", "not an address")]);
    let message = "OPENAI_BASE_URL names `not an address`, which is no address: write `http://HOST:PORT/v1`";
    assert_eq!((left.outcome(), left.failure()), ("errored", message));
    assert_eq!(left.record()["agents"], json!(["openai/m"]));
}
