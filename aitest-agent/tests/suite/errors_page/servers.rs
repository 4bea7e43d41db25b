//! What tool servers do.

use std::time::Duration;

use aitest_agent::{Agent, AgentError, CliServer, McpServer, Shell, Wait};
use serde_json::json;
use tokio::sync::mpsc;

use super::{check, is_whole};
use crate::http::{ModelServer, Reply};
use crate::mcp_http::plain;
use crate::server::{calling, shell, with};
use crate::versions;
use crate::web::{Answer, Web};

const SHORT: Duration = Duration::from_millis(200);

/// The message of `error` behind the name of the server.
fn behind_the_name(error: &AgentError) -> String {
    let message = error.to_string();
    let (name, rest) = message.split_once("`: ").unwrap_or_else(|| panic!("{message}"));
    assert!(name.starts_with("tool server `"), "{message}");
    rest.to_owned()
}

/// What a run says whose model calls `a` once.
async fn said(server: McpServer) -> String {
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    behind_the_name(&Agent::new(model.provider()).mcp_server(server).run("go").await.unwrap_err())
}

/// What a question without an agent says.
async fn asked(server: McpServer) -> String {
    behind_the_name(&server.read_resource("bank://terms").await.unwrap_err())
}

async fn not_started() -> Vec<String> {
    vec![
        said(McpServer::stdio("no-such-mcp")).await,
        said(McpServer::stdio("./no/such")).await,
        said(McpServer::stdio("sh").cwd("/no/such")).await,
        said(McpServer::stdio("/")).await,
        said(shell("exit 3")).await,
        said(with("exit 3", "")).await,
        said(with("exec 2>&-; reply '{\"tools\":[]}'; exit 3", "").wait(Wait::for_log("x"))).await,
    ]
}

async fn gone() -> Vec<String> {
    let asked_and_gone = shell(
        r#"while read -r line; do id=${line#*\"id\":}; id=${id%%[,\}]*}
        case $line in
            *'"initialize"'*) r='{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"s","version":"1"}}' ;;
            *'"tools/list"'*) r='{"tools":[]}' ;;
            *'"resources/read"'*) exit 3 ;;
            *) continue ;;
        esac; printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$r"; done"#,
    );
    vec![said(calling("exit 101")).await, asked(asked_and_gone).await, said(calling("exec >&-; sleep 1000")).await]
}

async fn too_slow() -> Vec<String> {
    let tool = r#"reply '{"tools":[{"name":"a","inputSchema":{"type":"object"}}]}'"#;
    let prompts = versions::initialized_with("2025-06-18", &json!({ "prompts": {} }));
    vec![
        said(shell("exec sleep 1000").timeout(SHORT)).await,
        said(shell("echo 'Welcome!'; while read -r line; do :; done").timeout(SHORT)).await,
        said(with(":", ":").timeout(SHORT)).await,
        said(versions::server(&prompts, "").0.timeout(SHORT)).await,
        said(with(tool, "").wait(Wait::for_tools(["z"]).timeout(SHORT))).await,
        said(with(tool, "").wait(Wait::for_log("^ready").timeout(SHORT))).await,
        said(with(tool, "").wait(Wait::for_log("("))).await,
        said(McpServer::http("http://127.0.0.1:9/").wait(Wait::for_log("x"))).await,
    ]
}

async fn refused() -> Vec<String> {
    let error = r#""error":{"code":-32601,"message":"no"}"#;
    let fails = r#"printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32603,"message":"later"}}\n' "$id""#;
    let strange = shell(
        r#"while read -r line; do id=${line#*\"id\":}; id=${id%%[,\}]*}
        case $line in
            *'"initialize"'*) r='{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"s","version":"1"}}' ;;
            *'"tools/list"'*) r='{"tools":[]}' ;;
            *'"resources/read"'*) r='{"tools":[]}' ;;
            *) continue ;;
        esac; printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$r"; done"#,
    );
    vec![
        said(versions::server(error, error).0).await,
        said(versions::server(r#""result":{"tools":[]}"#, error).0).await,
        said(versions::server(&versions::initialized("1999-12-31"), "").0).await,
        said(with(fails, "")).await,
        said(with("reply '{\"tools\":7}'", "")).await,
        asked(strange).await,
    ]
}

/// What is said of a server that answers everything with `answer`.
async fn answered(answer: impl Fn() -> Answer + Send + Sync + 'static) -> String {
    let web = Web::start(move |_| answer()).await;
    said(McpServer::http(web.url("/mcp"))).await
}

async fn over_http() -> Vec<String> {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let broken = ModelServer::start([Reply::Cut]).await;
    let forbidden = Web::start(|_| Answer::status("403 Forbidden")).await;
    let missing = Web::start(|_| Answer::status("404 Not Found")).await;
    let page = || Answer::with_headers("200 OK", "content-type: text/html\r\n", "<html>");
    let moved = || Answer::with_headers("307 Temporary Redirect", "location: http://127.0.0.2:9/mcp\r\n", "");
    let unauthorized = || Answer::with_headers("401 Unauthorized", "www-authenticate: Bearer\r\n", "");
    vec![
        said(McpServer::http(format!("http://{nobody}/"))).await,
        said(McpServer::http(format!("http://{}/", broken.address))).await,
        answered(unauthorized).await,
        said(McpServer::http(forbidden.url("/")).header("authorization", "Bearer ${CARGO_PKG_NAME}")).await,
        said(McpServer::http(missing.url("/"))).await,
        said(McpServer::sse(missing.url("/sse"))).await,
        answered(page).await,
        answered(|| Answer::status("503 Service Unavailable")).await,
        answered(moved).await,
    ]
}

/// What is said of a server over SSE whose stream is `events`; without any it never begins.
async fn over_sse(events: &'static [&'static str], stays_open: bool) -> String {
    let web = Web::start(move |request| {
        if request.method != "GET" {
            return Answer::status("202 Accepted");
        }
        let (sender, receiver) = mpsc::unbounded_channel();
        events.iter().for_each(|event| sender.send((*event).to_owned()).unwrap());
        if stays_open {
            std::mem::forget(sender);
        }
        Answer::Events { headers: String::new(), events: receiver }
    })
    .await;
    said(McpServer::sse(web.url("/sse")).timeout(SHORT)).await
}

async fn of_2024() -> Vec<String> {
    vec![
        over_sse(&[": hello\n\n"], true).await,
        over_sse(&["event: endpoint\ndata: http://127.0.0.2:9/\n\n"], true).await,
        over_sse(&[], false).await,
        over_sse(&["event: endpoint\ndata: /messages\n\n"], false).await,
    ]
}

async fn misconfigured() -> Vec<String> {
    let web = Web::start(plain).await;
    let server = || McpServer::http(web.url("/"));
    vec![
        said(server().header("x-key", "${NO_SUCH_KEY}")).await,
        said(server().header("x key", "1")).await,
        said(server().header("x-key", "a\nb")).await,
        said(server().header("Accept", "1")).await,
        said(server().args(["-v"])).await,
        said(McpServer::stdio("sh").header("a", "b")).await,
        said(McpServer::http("mcp.example.com")).await,
    ]
}

#[tokio::test]
async fn every_row_of_the_mcp_servers_is_met() {
    let mut messages = not_started().await;
    for further in
        [gone().await, too_slow().await, refused().await, over_http().await, of_2024().await, misconfigured().await]
    {
        messages.extend(further);
    }
    check("mcp", &messages, is_whole);
}

async fn cli(server: CliServer) -> String {
    let gone = json!({ "args": "-c 'rm -r \"$PWD\"'" }).to_string();
    let model = ModelServer::start([Reply::calls(&[("p_execute", &gone)])]).await;
    let agent = Agent::new(model.provider()).cli_server(server.tool_prefix("p"));
    behind_the_name(&agent.run("go").await.unwrap_err())
}

#[tokio::test]
async fn every_row_of_the_command_line_programs_is_met() {
    let help = |command: &str, flag: &str| {
        CliServer::new(command).shell(Shell::Sh).discover_help(true).help_flag(flag).timeout(SHORT)
    };
    let (removed, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let percent = folder.path().join("a%b");
    std::fs::copy("/bin/true", &percent).unwrap();
    let messages = [
        cli(CliServer::new("no-such-bank")).await,
        cli(CliServer::new("ls").shell(Shell::PowerShell)).await,
        cli(CliServer::new("ls").cwd("/no/such")).await,
        cli(CliServer::new("sh").cwd(removed.path())).await,
        cli(help("true", "x")).await,
        cli(help("sleep", "1000")).await,
        cli(help("true", "a\0b")).await,
        cli(help("true", "; exit 127")).await,
        cli(CliServer::new(percent.display().to_string()).shell(Shell::Cmd)).await,
    ];
    check("cli", &messages, is_whole);
}
