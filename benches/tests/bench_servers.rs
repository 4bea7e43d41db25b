//! Start and end of a tool server over each transport, beside the same by hand: handshake, tools, end.

mod measure;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{LazyLock, Mutex};

use aitest::McpServer;
use rmcp::service::ServiceExt;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use serde_json::{Value, json};

const RUNS: u32 = 200;

/// Does `once` again and again and says what each time took of `cpu`, the first one left out.
async fn each<F: Future<Output = ()>>(name: &str, cpu: fn() -> i64, once: impl Fn() -> F) {
    once().await;
    let began = cpu();
    for _ in 0..RUNS {
        once().await;
    }
    measure::figure(name, (cpu() - began) / i64::from(RUNS));
}

async fn tools(server: McpServer) {
    assert!(!server.tools().await.expect("a listing").tools().is_empty());
}

fn command() -> String {
    std::env::var("BENCH_SERVER").expect("the program names the server")
}

/// The CPU time is that of this process and of its children.
#[tokio::test]
async fn stdio() {
    each("stdio_us", measure::cpu_us, || tools(McpServer::stdio(command()))).await;
}

#[tokio::test]
async fn stdio_by_hand() {
    each("stdio_by_hand_us", measure::cpu_us, || async {
        let process = TokioChildProcess::new(tokio::process::Command::new(command())).expect("the server starts");
        let service = ().serve(process).await.expect("a handshake");
        assert!(!service.list_all_tools().await.expect("tools").is_empty());
        service.cancel().await.expect("the server ends");
    })
    .await;
}

/// The CPU time is that of the thread that asks: the server's thread is left out.
#[tokio::test]
async fn http() {
    each("http_us", measure::thread_cpu_us, || tools(McpServer::http(format!("{}/mcp", *SERVER)))).await;
}

#[tokio::test]
async fn http_by_hand() {
    let client = client();
    each("http_by_hand_us", measure::thread_cpu_us, || async {
        let config = StreamableHttpClientTransportConfig::with_uri(format!("{}/mcp", *SERVER));
        let transport = StreamableHttpClientTransport::with_client(client.clone(), config);
        let service = ().serve(transport).await.expect("a handshake");
        assert!(!service.list_all_tools().await.expect("tools").is_empty());
        service.cancel().await.expect("the session ends");
    })
    .await;
}

#[tokio::test]
async fn sse() {
    each("sse_us", measure::thread_cpu_us, || tools(McpServer::sse(format!("{}/sse", *SERVER)))).await;
}

/// rmcp has no client for this transport any more: five messages by reqwest alone.
#[tokio::test]
async fn sse_by_hand() {
    let client = client();
    each("sse_by_hand_us", measure::thread_cpu_us, || async {
        let mut stream = client.get(format!("{}/sse", *SERVER)).send().await.expect("a stream");
        let mut read = String::new();
        next(&mut stream, &mut read).await;
        let about = json!({ "name": "bench", "version": "1" });
        let params = json!({ "protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": about });
        post(&client, json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params })).await;
        next(&mut stream, &mut read).await;
        post(&client, json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        post(&client, json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" })).await;
        let answer: Value = serde_json::from_str(&next(&mut stream, &mut read).await).expect("JSON");
        assert!(answer["result"]["tools"].is_array());
    })
    .await;
}

async fn post(client: &reqwest::Client, message: Value) {
    let sent = client.post(format!("{}/messages", *SERVER)).json(&message).send().await.expect("a reply");
    assert!(sent.status().is_success());
}

/// The data of the next event.
async fn next(stream: &mut reqwest::Response, read: &mut String) -> String {
    loop {
        if let Some((event, rest)) = read.split_once("\n\n") {
            let data = event.lines().find_map(|line| line.strip_prefix("data: ")).expect("data").to_owned();
            *read = rest.to_owned();
            return data;
        }
        let chunk = stream.chunk().await.expect("the stream goes on").expect("the stream goes on");
        read.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().tls_backend_preconfigured(measure::no_tls()).build().expect("a client")
}

/// A server of both HTTP transports, on threads of its own.
static SERVER: LazyLock<String> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    url
});

/// Where what is posted to `/messages` is answered.
static EVENTS: Mutex<Option<TcpStream>> = Mutex::new(None);

/// The requests of one connection.
fn serve(stream: TcpStream) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while reader.read_line(&mut head).ok()? > 2 {}
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let answer = answer(&serde_json::from_slice(&body).unwrap_or_default());
        let json = |body: &str| reply("200 OK", "content-type: application/json\r\nmcp-session-id: s\r\n", body);
        let replied = match head.split_whitespace().take(2).collect::<Vec<_>>()[..] {
            ["GET", "/sse"] => {
                *EVENTS.lock().ok()? = Some(writer.try_clone().ok()?);
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: endpoint\ndata: /messages\n\n"
                    .to_owned()
            }
            ["POST", "/messages"] => {
                if let (Some(answer), Some(events)) = (answer, &mut *EVENTS.lock().ok()?) {
                    events.write_all(format!("event: message\ndata: {answer}\n\n").as_bytes()).ok()?;
                }
                reply("202 Accepted", "", "")
            }
            ["POST", _] => answer.map_or_else(|| reply("202 Accepted", "", ""), |answer| json(&answer)),
            ["DELETE", _] => reply("200 OK", "", ""),
            _ => reply("405 Method Not Allowed", "", ""),
        };
        writer.write_all(replied.as_bytes()).ok()?;
    }
}

fn reply(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// The answer to a request; `None` to a notification.
fn answer(request: &Value) -> Option<String> {
    let result = match request["method"].as_str()? {
        "initialize" => json!({
            "protocolVersion": request["params"]["protocolVersion"], "capabilities": { "tools": {} },
            "serverInfo": { "name": "bench", "version": "1" },
        }),
        "tools/list" => json!({ "tools": [{ "name": "get_balance", "inputSchema": { "type": "object" } }] }),
        _ => return None,
    };
    Some(json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }).to_string())
}
