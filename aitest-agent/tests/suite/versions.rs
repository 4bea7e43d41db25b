//! Servers of every revision of the protocol.

use aitest_agent::{Agent, McpServer};
use serde_json::{Value, json};

use crate::http::{ModelServer, Reply};
use crate::server::shell;

/// Answers `$init` to `initialize` and `$discover` to `server/discover`.
const SERVER: &str = r#"
reply() { printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"; }
while read -r line; do
  printf '%s\n' "$line" >> "$log"
  id=${line#*\"id\":}; id=${id%%[,\}]*}
  case $line in
    *'"method":"initialize"'*) reply "$init" ;;
    *'"method":"server/discover"'*) reply "$discover" ;;
    *'"method":"tools/list"'*) reply '"result":{"resultType":"complete","ttlMs":0,"cacheScope":"private","tools":[{"name":"a","inputSchema":{"type":"object"}}]}' ;;
    *'"method":"tools/call"'*) reply '"result":{"resultType":"complete","content":[{"type":"text","text":"42"}]}' ;;
  esac
done
"#;

pub(crate) fn server(init: &str, discover: &str) -> (McpServer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log").to_str().unwrap().to_owned();
    (shell(SERVER).named("bank").env("init", init).env("discover", discover).env("log", log), folder)
}

pub(crate) fn initialized(version: &str) -> String {
    initialized_with(version, &json!({ "tools": {} }))
}

pub(crate) fn initialized_with(version: &str, capabilities: &Value) -> String {
    let about = json!({ "name": "bank", "version": "1" });
    let result = json!({ "protocolVersion": version, "capabilities": capabilities, "serverInfo": about });
    format!("\"result\":{result}")
}

async fn call(server: McpServer) -> Result<String, String> {
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    let result = Agent::new(model.provider()).mcp_server(server).run("go").await.map_err(|error| error.to_string())?;
    Ok(result.tool_calls().next().unwrap().result.clone().unwrap())
}

#[tokio::test]
async fn every_version_with_a_handshake() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let (server, _folder) = server(&initialized(version), "");
        assert_eq!(call(server).await.as_deref(), Ok("42"), "{version}");
    }
}

#[tokio::test]
async fn an_unknown_version() {
    let (server, _folder) = server(&initialized("1999-12-31"), "");
    assert_eq!(
        call(server).await.unwrap_err(),
        "tool server `bank`: the server speaks MCP `1999-12-31`; aitest speaks 2024-11-05, 2025-03-26, 2025-06-18, \
         2025-11-25, 2026-07-28"
    );
}

const NO_METHOD: &str = r#""error":{"code":-32601,"message":"no method initialize"}"#;

#[tokio::test]
async fn without_a_handshake() {
    let discovered = json!({
        "resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": { "tools": {} },
        "ttlMs": 0, "cacheScope": "private",
    });
    let (server, folder) = server(NO_METHOD, &format!("\"result\":{discovered}"));
    assert_eq!(call(server).await.as_deref(), Ok("42"));
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    let called = log.lines().find(|line| line.contains("tools/call")).unwrap();
    assert!(called.contains(r#""io.modelcontextprotocol/protocolVersion":"2026-07-28""#), "{called}");
}

#[tokio::test]
async fn a_server_that_knows_neither_way() {
    let (server, _folder) = server(NO_METHOD, r#""error":{"code":-32601,"message":"no method discover"}"#);
    assert_eq!(
        call(server).await.unwrap_err(),
        "tool server `bank`: the server refused `initialize`: no method initialize (-32601)"
    );
}
