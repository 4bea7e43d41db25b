//! Tool servers over streamable HTTP and HTTP+SSE.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aitest_agent::{Agent, McpServer, StopReason, Wait};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::http::{ModelServer, Reply};
use crate::web::{Answer, Web, WebRequest, message};

/// The result of a request of the protocol; `None` for a notification.
fn result(request: &WebRequest) -> Option<Value> {
    Some(match request.rpc() {
        "initialize" => json!({
            "protocolVersion": request.body["params"]["protocolVersion"], "capabilities": { "tools": {} },
            "serverInfo": { "name": "web", "version": "1" }, "instructions": "Amounts are in cents.",
        }),
        "tools/list" => json!({ "tools": [{ "name": "a", "inputSchema": { "type": "object" } }] }),
        "tools/call" => json!({ "content": [{ "type": "text", "text": "42" }] }),
        _ => return None,
    })
}

/// A server that answers with JSON, without a session.
pub(crate) fn plain(request: &WebRequest) -> Answer {
    match (request.method.as_str(), result(request)) {
        ("POST", Some(result)) => Answer::result(request, &result),
        ("POST", None) => Answer::status("202 Accepted"),
        _ => Answer::status("405 Method Not Allowed"),
    }
}

/// The result of the one call in a run with `server`.
async fn call(server: McpServer) -> Result<String, String> {
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    let result = Agent::new(model.provider()).mcp_server(server).run("go").await;
    result.map(|result| result.tool_calls().next().unwrap().result.clone().unwrap()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_session_with_headers() {
    let web = Web::start(|request| match (request.method.as_str(), request.rpc()) {
        (_, "initialize") => {
            let headers = "content-type: application/json\r\nmcp-session-id: s-1\r\n";
            Answer::with_headers("200 OK", headers, &message(request, &result(request).unwrap()))
        }
        ("DELETE", _) => Answer::status("200 OK"),
        _ => plain(request),
    })
    .await;
    let server = McpServer::http(web.url("/mcp?tenant=7"))
        .header("Authorization", "Bearer ${CARGO_PKG_NAME}")
        .header("x-team", "${NO_SUCH_TEAM:-blue}");
    assert_eq!(call(server).await.unwrap(), "42");

    let requests = web.requests();
    assert!(requests.iter().all(|request| request.path == "/mcp?tenant=7"));
    assert!(requests.iter().all(|request| request.header("authorization") == Some("bearer aitest-agent")));
    assert!(requests.iter().all(|request| request.header("x-team") == Some("blue")));
    let called = requests.iter().find(|request| request.rpc() == "tools/call").unwrap();
    assert_eq!((called.header("mcp-session-id"), requests[0].header("mcp-session-id")), (Some("s-1"), None));
    assert_eq!(called.header("mcp-protocol-version"), requests[0].body["params"]["protocolVersion"].as_str());
    assert_eq!(requests[0].body["params"]["protocolVersion"], "2025-11-25", "the newest with a handshake");
    assert_eq!(requests.last().unwrap().method, "DELETE", "the session is ended");
}

#[tokio::test]
async fn what_the_server_says_about_its_use_stands_in_the_system_prompt() {
    let web = Web::start(plain).await;
    let model = ModelServer::start([Reply::text("done")]).await;
    let agent = Agent::new(model.provider()).mcp_server(McpServer::http(web.url("/mcp")).named("bank"));
    agent.clone().system_prompt("Be brief.").run("go").await.unwrap();
    agent.run("go").await.unwrap();
    let said = "Instructions of the tool server `bank`:\nAmounts are in cents.";
    let system = |request: usize| model.requests()[request].body["messages"][0]["content"].clone();
    assert_eq!((system(0), system(1)), (json!(format!("Be brief.\n\n{said}")), json!(said)));
}

#[tokio::test]
async fn a_stream_that_broke_off_is_resumed() {
    let call = Arc::new(Mutex::new(None));
    let web = Web::start(move |request| {
        let call = Arc::clone(&call);
        match (request.method.as_str(), request.rpc(), request.header("last-event-id")) {
            ("POST", "tools/call", _) => {
                *call.lock().unwrap() = Some(request.clone());
                Answer::events(&["id: e-1\nretry: 1\ndata: \n\n".to_owned()])
            }
            ("GET", _, Some("e-1")) => {
                let call = call.lock().unwrap().take().unwrap();
                Answer::events(&[format!("id: e-2\ndata: {}\n\n", message(&call, &result(&call).unwrap()))])
            }
            _ => plain(request),
        }
    })
    .await;
    assert_eq!(self::call(McpServer::http(web.url("/"))).await.unwrap(), "42");
}

#[tokio::test]
async fn a_session_that_the_server_forgot_is_begun_again() {
    let sessions = AtomicUsize::new(0);
    let web = Web::start(move |request| match (request.rpc(), request.header("mcp-session-id")) {
        ("initialize", _) => {
            let session = sessions.fetch_add(1, Ordering::Relaxed);
            let headers = format!("content-type: application/json\r\nmcp-session-id: s-{session}\r\n");
            Answer::with_headers("200 OK", &headers, &message(request, &result(request).unwrap()))
        }
        ("tools/call", Some("s-0")) => Answer::status("404 Not Found"),
        _ => plain(request),
    })
    .await;
    assert_eq!(call(McpServer::http(web.url("/"))).await.unwrap(), "42");
    let calls = web.requests().into_iter().filter(|request| request.rpc() == "tools/call");
    let sessions = calls.map(|request| request.header("mcp-session-id").unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(sessions, ["s-0", "s-1"]);
}

#[tokio::test]
async fn redirects_stay_on_the_host() {
    let web = Web::start(|request| match request.path.as_str() {
        "/mcp" => Answer::with_headers("307 Temporary Redirect", "location: /mcp/\r\n", ""),
        _ => plain(request),
    })
    .await;
    let server = |url: String| McpServer::http(url).named("bank").header("x-key", "k-123456789");
    assert_eq!(call(server(web.url("/mcp"))).await.unwrap(), "42");
    assert!(web.requests().iter().all(|request| request.header("x-key").is_some()));

    let other = Web::start(plain).await;
    let location = format!("location: {}\r\n", other.url("/mcp?k=1"));
    let web = Web::start(move |_| Answer::with_headers("307 Temporary Redirect", &location, "")).await;
    let message = call(server(web.url("/mcp"))).await.unwrap_err();
    assert_eq!(
        message,
        format!(
            "tool server `bank`: {} redirects to {}, where no credentials are sent: if it is the right server, use its \
             address",
            web.url("/mcp"),
            other.url("/mcp")
        )
    );
    assert!(other.requests().is_empty());
}

/// The message of a run with a server that answers everything with `answer`.
async fn refusal(answer: impl Fn() -> Answer + Send + Sync + 'static, header: Option<(&str, &str)>) -> String {
    let web = Web::start(move |_| answer()).await;
    let server = McpServer::http(web.url("/mcp?key=k-123456789")).named("bank");
    let server = header.into_iter().fold(server, |server, (name, value)| server.header(name, value));
    let message = call(server).await.unwrap_err();
    assert!(!message.contains("k-123456789"), "{message}");
    let begin = format!("tool server `bank`: {} ", web.url("/mcp"));
    message.strip_prefix(&begin).unwrap_or_else(|| panic!("{message}")).to_owned()
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let unauthorized = || Answer::with_headers("401 Unauthorized", "www-authenticate: Bearer\r\n", "");
    let remedy = "no headers are sent: add `.header(\"authorization\", \"Bearer ${TOKEN}\")`";
    assert_eq!(refusal(unauthorized, None).await, format!("answered 401 Unauthorized; {remedy}"));
    let forbidden = || Answer::with_headers("403 Forbidden", "", "not yours");
    let header = Some(("Authorization", "Bearer ${CARGO_PKG_NAME}"));
    assert_eq!(
        refusal(forbidden, header).await,
        "answered 403 Forbidden: not yours; check what is sent: `Authorization` (CARGO_PKG_NAME)"
    );
    let elsewhere = "check the path, or use `McpServer::sse` for a server that speaks HTTP+SSE of 2024";
    let missing = || Answer::with_headers("404 Not Found", "content-type: text/html\r\n", "");
    assert_eq!(refusal(missing, None).await, format!("answered 404 Not Found; no MCP endpoint is there: {elsewhere}"));
    let page = || Answer::with_headers("200 OK", "content-type: text/html\r\n", "<html>");
    assert_eq!(refusal(page, None).await, format!("answered with text/html, which is not MCP: {elsewhere}"));
    let down = || Answer::with_headers("503 Service Unavailable", "", "");
    assert_eq!(refusal(down, None).await, "answered 503 Service Unavailable");
}

#[tokio::test]
async fn a_header_that_comes_back_is_not_shown() {
    let echo = || Answer::with_headers("403 Forbidden", "", "no access for t-987654321");
    for header in [("Authorization", "Bearer t-987654321"), ("x-api-key", "t-987654321")] {
        let message = refusal(echo, Some(header)).await;
        assert!(!message.contains("987654321") && message.contains("no access for [redacted:"), "{message}");
    }
}

#[tokio::test]
async fn a_server_without_a_handshake() {
    let web = Web::start(|request| {
        let json = "content-type: application/json\r\n";
        let complete = |result: Value| {
            let mut result = result;
            for (key, value) in
                [("resultType", json!("complete")), ("ttlMs", json!(0)), ("cacheScope", json!("private"))]
            {
                result[key] = value;
            }
            Answer::result(request, &result)
        };
        match (request.rpc(), result(request)) {
            ("initialize", _) => {
                let error = json!({ "code": -32601, "message": "no method initialize" });
                let body = json!({ "jsonrpc": "2.0", "id": request.body["id"], "error": error }).to_string();
                Answer::with_headers("404 Not Found", json, &body)
            }
            ("server/discover", _) => {
                complete(json!({ "supportedVersions": ["2026-07-28"], "capabilities": { "tools": {} } }))
            }
            (_, Some(result)) => complete(result),
            _ => plain(request),
        }
    })
    .await;
    assert_eq!(call(McpServer::http(web.url("/mcp"))).await.unwrap(), "42");
    let requests = web.requests();
    let called = requests.iter().find(|request| request.rpc() == "tools/call").unwrap();
    assert_eq!(called.header("mcp-protocol-version"), Some("2026-07-28"));
    assert_eq!((called.header("mcp-method"), called.header("mcp-name")), (Some("tools/call"), Some("a")));
}

#[tokio::test]
async fn a_reply_that_never_ends_is_the_servers_time_limit() {
    let web = Web::start(|request| match request.method.as_str() {
        "POST" => {
            let (sender, events) = mpsc::unbounded_channel();
            tokio::spawn(async move {
                while sender.send(": still here\n\n".to_owned()).is_ok() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            });
            Answer::Events { headers: String::new(), events }
        }
        _ => Answer::status("405 Method Not Allowed"),
    })
    .await;
    let server = McpServer::http(web.url("/")).named("bank").timeout(Duration::from_millis(200));
    let message = call(server).await.unwrap_err();
    assert_eq!(message, "tool server `bank`: the server did not answer `initialize` within 0.2 s");
}

#[tokio::test]
async fn what_cannot_be_is_said_before_anything_is_sent() {
    let web = Web::start(plain).await;
    let server = || McpServer::http(web.url("/")).named("bank");
    for (server, expected) in [
        (
            server().header("x-key", "${NO_SUCH_KEY}"),
            "the header `x-key` needs the environment variable NO_SUCH_KEY, which is not set",
        ),
        (server().header("x key", "1"), "`x key` is no name of an HTTP header"),
        (server().header("Accept", "1"), "the header `Accept` is the protocol's own: leave it out"),
        (server().header("x-key", "a\nb"), "the value of the header `x-key` holds characters that HTTP does not allow"),
        (server().args(["-v"]), "`args` is for servers over stdio, and this one is over HTTP"),
        (
            server().wait(Wait::for_log("x")),
            "Wait::for_log: a server over HTTP has no standard error here; wait for its tools",
        ),
        (
            McpServer::stdio("sh").named("bank").header("a", "b"),
            "`header` is for servers over HTTP, and this one is over stdio",
        ),
        (
            McpServer::http("mcp.example.com?key=1").named("bank"),
            "`mcp.example.com` is no address of a server: relative URL without a base",
        ),
        (
            McpServer::sse("ftp://x/").named("bank"),
            "`ftp://x/` is no address of a server: its scheme is `ftp`, not http or https",
        ),
    ] {
        assert_eq!(call(server).await.unwrap_err(), format!("tool server `bank`: {expected}"));
    }
    assert!(web.requests().is_empty());
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for server in [McpServer::http(format!("http://{nobody}/")), McpServer::sse(format!("http://{nobody}/"))] {
        let message = call(server).await.unwrap_err();
        let begin = format!("tool server `127.0.0.1`: http://{nobody}/ cannot be reached: Connection refused");
        assert!(message.starts_with(&begin), "{message}");
    }
}

#[tokio::test]
async fn a_server_that_goes_in_a_call() {
    let web = Web::start(|request| match request.rpc() {
        "tools/call" => Answer::with_headers("502 Bad Gateway", "", "upstream"),
        _ => plain(request),
    })
    .await;
    let message = call(McpServer::http(web.url("/")).named("bank")).await.unwrap_err();
    assert_eq!(message, format!("tool server `bank`: {} answered 502 Bad Gateway", web.url("/")));
}

#[tokio::test]
async fn a_stream_that_never_ends_is_the_agents_time_limit() {
    let web = Web::start(|request| {
        let "tools/call" = request.rpc() else { return plain(request) };
        let (sender, events) = mpsc::unbounded_channel();
        let token = request.body["params"]["_meta"]["progressToken"].clone();
        tokio::spawn(async move {
            for progress in 0.. {
                let params = json!({ "progressToken": token, "progress": progress });
                let note = json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params });
                if sender.send(format!("data: {note}\n\n")).is_err() {
                    return;
                }
                tokio::task::yield_now().await;
            }
        });
        Answer::Events { headers: String::new(), events }
    })
    .await;
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    let limit = Duration::from_millis(200);
    let agent = Agent::new(model.provider()).mcp_server(McpServer::http(web.url("/"))).timeout(limit);
    assert_eq!(agent.run("go").await.unwrap().error, Some(StopReason::TimeLimit { limit }));
}

/// A server of 2024-11-05: the stream is at `/sse`, and `post_to` is where it takes messages.
async fn legacy(post_to: &'static str) -> Web {
    let stream: Arc<Mutex<Option<mpsc::UnboundedSender<String>>>> = Arc::default();
    Web::start(move |request| {
        if request.method == "GET" {
            let (sender, events) = mpsc::unbounded_channel();
            sender.send(format!(": hello\n\nevent: endpoint\ndata: {post_to}\n\n")).unwrap();
            *stream.lock().unwrap() = Some(sender);
            return Answer::Events { headers: String::new(), events };
        }
        if let Some(result) = result(request) {
            let event = format!("event: message\r\ndata: {}\r\n\r\n", message(request, &result));
            stream.lock().unwrap().as_ref().unwrap().send(event).unwrap();
        }
        Answer::status("202 Accepted")
    })
    .await
}

#[tokio::test]
async fn http_and_sse_of_2024() {
    let web = legacy("/messages?session=1").await;
    let server = McpServer::sse(web.url("/sse")).header("x-key", "k-123456789");
    assert_eq!(call(server).await.unwrap(), "42");
    let requests = web.requests();
    assert!(requests.iter().all(|request| request.header("x-key") == Some("k-123456789")));
    assert!(requests[1..].iter().all(|request| request.path == "/messages?session=1"));

    let web = legacy("http://127.0.0.2:1/messages").await;
    let message = call(McpServer::sse(web.url("/sse")).named("old")).await.unwrap_err();
    assert_eq!(
        message,
        "tool server `old`: the server names `http://127.0.0.2:1/messages` as its address for messages, which is not \
         on its own host"
    );
    let web = Web::start(|_| Answer::status("404 Not Found")).await;
    let message = call(McpServer::sse(web.url("/sse")).named("old")).await.unwrap_err();
    assert!(message.ends_with("check the path, or use `McpServer::http`, which newer servers speak"), "{message}");
    let web = Web::start(|_| Answer::Events { headers: String::new(), events: mpsc::unbounded_channel().1 }).await;
    let server = McpServer::sse(web.url("/sse")).named("old").timeout(Duration::from_secs(5));
    let message = call(server).await.unwrap_err();
    assert!(message.contains("closed its stream before it named an address"), "{message}");
}
