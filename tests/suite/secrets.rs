//! No secret of any kind in anything that a run writes.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::cargo::{Cargo, Finished};

/// What every secret of the test begins with.
const MARK: &str = "m4rk3d";
/// The mark in base64, from each of the three places where it may begin, without what its neighbours decide.
const MARK_BASE64: [&str; 3] = ["bTRyazNk", "00cmszZ", "tNHJrM2"];

/// A server that says with which credentials it was asked, in every spelling: an error, or an answer below `/ok` and
/// `/long`. It is the proxy too.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || drop(serve(stream)));
        }
    });
    address
}

fn serve(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while stream.read_line(&mut head)? > 2 {}
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    stream.read_exact(&mut vec![0; length.unwrap_or(0)])?;
    let line = head.lines().next().unwrap_or_default().to_owned();
    let heard = heard(&head);
    let (status, body) = match &*line {
        line if line.contains("/mcp") => ("403 Forbidden", heard),
        line if line.contains("/ok") => ("200 OK", answer(&heard)),
        line if line.contains("/long") => ("200 OK", answer(&format!("{}{heard}", "x".repeat(70_000)))),
        _ => ("400 Bad Request", json!({ "error": { "message": heard } }).to_string()),
    };
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.get_mut().write_all((head + &body).as_bytes())
}

fn answer(text: &str) -> String {
    let message = json!({ "role": "assistant", "content": text, "reasoning_content": text });
    json!({ "model": text, "choices": [{ "message": message, "finish_reason": "stop" }] }).to_string()
}

/// The credentials of a request, as they are and in the encodings in which they turn up elsewhere.
fn heard(head: &str) -> String {
    const PLAIN: [&str; 6] = ["host:", "accept:", "content-type:", "content-length:", "user-agent:", "connection:"];
    let lines = head.lines().skip(1).filter(|line| !PLAIN.iter().any(|name| line.to_lowercase().starts_with(name)));
    let mut said = String::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let value = line.split_once(": ").unwrap().1;
        let value = value.rsplit(' ').next().unwrap();
        // User and password, as a server sees them.
        let value = if line.contains("Basic dX") { from_base64(value) } else { value.to_owned() };
        let json = serde_json::to_string(&serde_json::to_string(&value).unwrap()).unwrap();
        let _ = write!(said, "{line} {value} {json} {} {}; ", percent(&value), base64(value.as_bytes()));
    }
    said
}

fn percent(text: &str) -> String {
    let encoded = |byte: u8| match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02x}"),
    };
    text.bytes().map(encoded).collect()
}

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let group = |group: &[u8]| {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        let places = (0..=group.len()).map(move |place| (bits >> (18 - 6 * place)) as usize & 63);
        places.map(|place| char::from(ALPHABET[place])).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

fn from_base64(text: &str) -> String {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for value in text.bytes().filter_map(|c| ALPHABET.iter().position(|known| *known == c)) {
        bits = (bits << 6 | value as u32) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A `gh` that is signed in.
fn gh(folder: &Path) {
    let gh = folder.join("gh");
    std::fs::write(&gh, format!("#!/bin/sh\necho '{MARK}/gh+1'\n")).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&gh).status().unwrap().success());
}

const KEYS: [&str; 9] = [
    "OPENAI_API_KEY",
    "AZURE_OPENAI_AD_TOKEN",
    "ANTHROPIC_API_KEY",
    "GEMINI_API_KEY",
    "OPENROUTER_API_KEY",
    "GROQ_API_KEY",
    "MISTRAL_API_KEY",
    "DEEPSEEK_API_KEY",
    "XAI_API_KEY",
];

/// Variables whose names say nothing: what they hold is secret by its use.
const ODD: [&str; 11] = [
    "ODD_PROVIDER",
    "ODD_COOKIE",
    "ODD_HEADER",
    "ODD_PIN",
    "ODD_BANK",
    "ODD_LOADED",
    "LOADED_SECRET",
    "ODD_EXPANDED",
    "ODD_MCP_HEADER",
    "ODD_MCP_COOKIE",
    "ODD_PROGRAM",
];

/// What else is told: by variables that say what they hold, by what a header or an address is, by name.
const OTHERS: [&str; 14] = [
    "`gh auth token` token",
    "ODD_PROVIDER",
    "Cookie",
    "x-auth",
    "base URL password",
    "HTTP_PROXY password",
    "VAULT",
    "BANK_TOKEN",
    "MY_PASSWORD",
    "LOADED_SECRET",
    "ODD_EXPANDED",
    "x-api-key",
    "password",
    "BANK_SECRET",
];

fn run() -> Finished {
    let (address, folder) = (echo(), tempfile::tempdir().unwrap());
    gh(folder.path());
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let mut cargo = Cargo::test("agent", &["--test", "secrets", "--no-fail-fast"])
        .env("ECHO", &format!("http://{address}"))
        .env("FOLDER", &folder.path().display().to_string())
        .env("PATH", &path)
        .env("HTTP_PROXY", &format!("http://user:{MARK}%2Fproxy%2B1@{address}"));
    for name in KEYS {
        cargo = cargo.env(name, &format!("{MARK}/\"{}+1", name.to_lowercase()));
    }
    for name in ODD {
        cargo = cargo.env(name, &format!("{MARK}/{}+1", name.to_lowercase()));
    }
    for name in ["ODD_URL", "ODD_MCP_URL"] {
        cargo = cargo.env(name, &format!("{MARK}%2F{}%2B1", name.to_lowercase()));
    }
    cargo.finish()
}

#[test]
fn no_secret_of_any_kind_is_in_anything_that_a_run_writes() {
    let run = run();
    let all = run.everything();
    for part in ["--- stdout", "--- stderr", "results.json", "report.html", ".jsonl", "/blobs/"] {
        assert!(all.contains(part), "{part}: the right things are searched\n{run}");
    }
    for (test, count) in
        [("providers", 11), ("answers", 4), ("servers_over_stdio", 3), ("servers_over_http", 4), ("programs", 1)]
    {
        assert_eq!(run.outcomes(test).len(), count, "{run}");
    }
    let names = [&KEYS[..], &OTHERS].concat();
    for name in names {
        assert!(all.contains(&format!("[redacted:{name}]")), "`{name}` was told\n{run}");
    }
    for mark in [MARK].into_iter().chain(MARK_BASE64) {
        let context = all.find(mark).map(|at| around(&all, at));
        assert_eq!(context, None, "{mark}");
    }
}

fn around(text: &str, at: usize) -> String {
    let from = (at.saturating_sub(300)..=at).find(|index| text.is_char_boundary(*index)).unwrap();
    text[from..].chars().take(500).collect()
}
