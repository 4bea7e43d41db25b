//! Azure without a key, end to end: who signs in, and that no token is ever seen.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::cargo::Cargo;

/// Entra ID and a deployment in one server. Tokens are `marked-token-1`, `marked-token-2`, …; the first is refused
/// from the second answer on. The model says which token it got.
#[derive(Default)]
struct Azure {
    tokens: usize,
    answers: usize,
    refused: usize,
    assertion: String,
}

fn start() -> (String, Arc<Mutex<Azure>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let azure = Arc::new(Mutex::new(Azure::default()));
    let served = Arc::clone(&azure);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            serve(stream.unwrap(), &mut served.lock().unwrap());
        }
    });
    (address, azure)
}

fn serve(stream: TcpStream, azure: &mut Azure) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while stream.read_line(&mut head).unwrap() > 2 {}
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    let (status, answer) = match head.contains("/oauth2/v2.0/token") {
        true => azure.token(&String::from_utf8(body).unwrap()),
        false => azure.answer(&head),
    };
    let length = answer.len();
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.get_mut().write_all((head + &answer).as_bytes()).unwrap();
}

impl Azure {
    fn token(&mut self, body: &str) -> (&'static str, String) {
        self.tokens += 1;
        body.rsplit('=').next().unwrap().clone_into(&mut self.assertion);
        ("200 OK", format!(r#"{{"access_token":"marked-token-{}","expires_in":3599}}"#, self.tokens))
    }

    fn answer(&mut self, head: &str) -> (&'static str, String) {
        let token = head.lines().find_map(|line| line.strip_prefix("authorization: Bearer ")).unwrap();
        if token == "marked-token-1" && self.answers > 0 {
            self.refused += 1;
            return ("401 Unauthorized", format!(r#"{{"error":{{"message":"{token} is too old"}}}}"#));
        }
        self.answers += 1;
        let message = format!(r#"{{"role":"assistant","content":"It is {token}."}}"#);
        ("200 OK", format!(r#"{{"choices":[{{"message":{message},"finish_reason":"stop"}}]}}"#))
    }
}

#[test]
fn a_token_is_shared_fetched_again_when_refused_and_never_seen() {
    let (address, azure) = start();
    let folder = tempfile::tempdir().unwrap();
    let assertion = folder.path().join("assertion");
    std::fs::write(&assertion, "marked-assertion").unwrap();
    let run = Cargo::test("agent", &["--test", "azure"])
        .env("AZURE_API_BASE", &address)
        .env("AZURE_AUTHORITY_HOST", &address)
        .env("AZURE_CLIENT_ID", "client")
        .env("AZURE_TENANT_ID", "tenant")
        .env("AZURE_FEDERATED_TOKEN_FILE", &assertion.display().to_string())
        .finish();
    let azure = azure.lock().unwrap();
    assert_eq!((azure.answers, azure.refused, azure.tokens, &*azure.assertion), (4, 1, 2, "marked-assertion"), "{run}");
    assert_eq!(run.outcomes("tells_the_token").into_values().collect::<Vec<_>>(), ["failed"; 4], "{run}");
    let all = run.everything();
    for part in ["--- stdout", "results.json", "report.html", ".jsonl", "[redacted:workload identity token]"] {
        assert!(all.contains(part), "{part}: the right things are searched\n{run}");
    }
    assert!(!all.contains("marked-"), "{all}");
}

#[test]
fn the_time_that_az_takes_is_waiting() {
    let (address, azure) = start();
    let folder = tempfile::tempdir().unwrap();
    let script = r#"#!/bin/sh
/bin/sleep 1.2
echo '{"accessToken":"marked-az-token","expires_on":4102444800}'"#;
    let az = folder.path().join("az");
    std::fs::write(&az, script).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&az).status().unwrap().success());
    let run = Cargo::binary("agent", "azure", &[])
        .env("AITEST_TIMEOUT", "1s")
        .env("AZURE_API_BASE", &address)
        .env("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1")
        .env("PATH", &folder.path().display().to_string())
        .finish();
    assert_eq!(azure.lock().unwrap().answers, 4, "{run}");
    assert_eq!(run.outcomes("tells_the_token").into_values().collect::<Vec<_>>(), ["failed"; 4], "{run}");
    assert!(!run.everything().contains("marked-"), "{run}");
}

#[test]
fn when_nobody_can_sign_in_one_message_says_what_was_tried() {
    let (address, azure) = start();
    let run = Cargo::binary("agent", "azure", &[])
        .env("AZURE_API_BASE", &address)
        .env("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1")
        .env("PATH", "/nowhere")
        .finish();
    assert_eq!(azure.lock().unwrap().answers, 0);
    assert_eq!(run.outcomes("tells_the_token").into_values().collect::<Vec<_>>(), ["errored"; 4], "{run}");
    assert_eq!(run.stderr.matches("aitest: warning").count(), 1, "{run}");
    let failure = run.test("tells_the_token")["iterations"][0]["failure"]["message"].as_str().unwrap().to_owned();
    assert!(failure.contains("set AZURE_API_KEY, or run `az login`; tried in this order:\n- key: "), "{failure}");
    assert!(failure.contains("\n- `az account get-access-token`: `az` is not on PATH"), "{failure}");
}
