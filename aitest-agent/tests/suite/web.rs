//! A web server whose replies a closure makes.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

#[derive(Clone, Debug)]
pub(crate) struct WebRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    /// All header lines, in lower case.
    head: String,
    pub(crate) body: Value,
}

impl WebRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The JSON-RPC method.
    pub(crate) fn rpc(&self) -> &str {
        self.body["method"].as_str().unwrap_or_default()
    }
}

pub(crate) enum Answer {
    Reply {
        status: &'static str,
        headers: String,
        body: String,
    },
    /// Events as they come, until the sender is dropped.
    Events {
        headers: String,
        events: mpsc::UnboundedReceiver<String>,
    },
}

impl Answer {
    pub(crate) fn status(status: &'static str) -> Self {
        Answer::with_headers(status, "", "")
    }

    pub(crate) fn with_headers(status: &'static str, headers: &str, body: &str) -> Self {
        Answer::Reply { status, headers: headers.to_owned(), body: body.to_owned() }
    }

    /// A JSON-RPC result.
    pub(crate) fn result(request: &WebRequest, result: &Value) -> Self {
        Answer::with_headers("200 OK", "content-type: application/json\r\n", &message(request, result))
    }

    /// A stream of `events`, which then ends.
    pub(crate) fn events(events: &[String]) -> Self {
        Answer::with_headers("200 OK", "content-type: text/event-stream\r\n", &events.concat())
    }
}

pub(crate) fn message(request: &WebRequest, result: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": request.body["id"], "result": result }).to_string()
}

pub(crate) struct Web {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<WebRequest>>>,
}

type Handler = dyn Fn(&WebRequest) -> Answer + Send + Sync;

impl Web {
    pub(crate) async fn start(handler: impl Fn(&WebRequest) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (handler, requests) = (Arc::new(handler) as Arc<Handler>, Arc::new(Mutex::new(Vec::new())));
        let shared = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&handler), Arc::clone(&shared)));
            }
        });
        Web { address, requests }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<WebRequest> {
        self.requests.lock().unwrap().clone()
    }
}

/// One request for each connection.
async fn serve(stream: TcpStream, handler: Arc<Handler>, requests: Arc<Mutex<Vec<WebRequest>>>) {
    let mut stream = BufReader::new(stream);
    let Some(request) = read(&mut stream).await else { return };
    requests.lock().unwrap().push(request.clone());
    match handler(&request) {
        Answer::Reply { status, headers, body } => {
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all((head + &body).as_bytes()).await;
        }
        Answer::Events { headers, mut events } => {
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n{headers}connection: close\r\n\r\n");
            let mut next = Some(head);
            while let Some(event) = next {
                if stream.write_all(event.as_bytes()).await.is_err() {
                    return;
                }
                next = events.recv().await;
            }
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<WebRequest> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let mut first = head.split_whitespace().map(str::to_owned);
    let (method, path) = (first.next()?, first.next()?);
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(WebRequest { method, path, head, body: serde_json::from_slice(&body).unwrap_or_default() })
}
