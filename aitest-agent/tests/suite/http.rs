//! A model server whose replies are written down beforehand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aitest_agent::Provider;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// One reply. The last one is repeated.
#[derive(Clone)]
pub(crate) enum Reply {
    Http {
        status: &'static str,
        headers: &'static str,
        body: String,
    },
    /// The connection is closed without a reply.
    Cut,
    /// No reply ever.
    Hang,
    /// A reply that begins and goes no further.
    Stall,
    /// A reply without an end.
    Endless,
}

impl Reply {
    pub(crate) fn json(body: &Value) -> Self {
        Reply::Http { status: "200 OK", headers: "x-request-id: req-1\r\n", body: body.to_string() }
    }

    pub(crate) fn status(status: &'static str, headers: &'static str, body: &str) -> Self {
        Reply::Http { status, headers, body: body.to_owned() }
    }

    /// A final answer.
    pub(crate) fn text(text: &str) -> Self {
        Reply::message(&json!({ "role": "assistant", "content": text }), "stop")
    }

    /// Calls of tools: name and arguments, as text.
    pub(crate) fn calls(calls: &[(&str, &str)]) -> Self {
        let calls = calls.iter().enumerate().map(|(place, (name, arguments))| {
            let function = json!({ "name": name, "arguments": arguments });
            json!({ "id": format!("c{place}"), "type": "function", "function": function })
        });
        let calls = calls.collect::<Vec<_>>();
        Reply::message(&json!({ "role": "assistant", "content": null, "tool_calls": calls }), "tool_calls")
    }

    pub(crate) fn message(message: &Value, finish: &str) -> Self {
        let usage = json!({ "prompt_tokens": 10, "completion_tokens": 5 });
        let choice = json!({ "message": message, "finish_reason": finish });
        Reply::json(&json!({ "model": "served-1", "choices": [choice], "usage": usage }))
    }
}

pub(crate) struct ModelServer {
    pub(crate) address: String,
    state: Arc<Mutex<State>>,
}

struct State {
    replies: VecDeque<Reply>,
    requests: Vec<Request>,
}

#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl ModelServer {
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        ModelServer::listen(None, replies).await
    }

    /// The same behind TLS.
    pub(crate) async fn start_tls(tls: TlsAcceptor, replies: impl IntoIterator<Item = Reply>) -> Self {
        ModelServer::listen(Some(tls), replies).await
    }

    async fn listen(tls: Option<TlsAcceptor>, replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = State { replies: replies.into_iter().collect(), requests: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, shared) = (tls.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    let Some(tls) = tls else { return serve(stream, shared).await };
                    // A client that does not trust the certificate ends the handshake.
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, shared).await;
                    }
                });
            }
        });
        ModelServer { address, state }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub(crate) fn provider(&self) -> Provider {
        Provider::compatible(self.base_url(), "m")
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.lock().unwrap().requests.clone()
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, state: Arc<Mutex<State>>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        let reply = {
            let mut state = state.lock().unwrap();
            state.requests.push(request);
            match state.replies.len() {
                1 => state.replies[0].clone(),
                _ => state.replies.pop_front().unwrap(),
            }
        };
        match reply {
            Reply::Http { status, headers, body } => {
                let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len());
                stream.write_all((head + &body).as_bytes()).await.unwrap();
            }
            Reply::Cut => return,
            Reply::Hang => std::future::pending().await,
            Reply::Stall => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{").await.unwrap();
                std::future::pending::<()>().await;
            }
            Reply::Endless => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{").await.unwrap();
                while stream.write_all(&[b' '; 65_536]).await.is_ok() {}
                return;
            }
        }
    }
}

async fn read(stream: &mut BufReader<impl AsyncRead + Unpin>) -> Option<Request> {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        head += &line;
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0").parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    Some(Request { head, body: serde_json::from_slice(&body).unwrap_or_default() })
}
