//! Files of tool servers.

use std::path::Path;

use aitest_agent::{Agent, McpServer, load_mcp_config};
use serde_json::{Value, json};

use crate::http::{ModelServer, Reply};

/// What `load_mcp_config` makes of `file`, written to `name` in a folder of its own.
fn load(name: &str, file: &Value) -> Result<Vec<McpServer>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, file.to_string()).unwrap();
    load_mcp_config(&path).map_err(|error| error.to_string().replace(&folder.path().display().to_string(), "~"))
}

#[test]
fn both_formats_and_all_kinds() {
    let servers = json!({
        "bank": { "command": "${CARGO_PKG_NAME}-mcp", "args": ["-v", "${NO_SUCH:-2}"], "env": { "A": "b" }, "cwd": "x" },
        "old": { "type": "sse", "url": "http://127.0.0.1:1/sse" },
        "web": { "url": "http://127.0.0.1:1/mcp", "headers": { "x-key": "Bearer ${CARGO_PKG_NAME}" } },
    });
    let expected = [
        McpServer::stdio("aitest-agent-mcp").args(["-v", "2"]).env("A", "b"),
        McpServer::sse("http://127.0.0.1:1/sse").named("old"),
        McpServer::http("http://127.0.0.1:1/mcp").named("web").header("x-key", "Bearer ${CARGO_PKG_NAME}"),
    ];
    for (name, key, cwd) in [(".mcp.json", "mcpServers", "x"), (".vscode/mcp.json", "servers", "x")] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, json!({ key: servers }).to_string()).unwrap();
        let loaded = load_mcp_config(&path).unwrap();
        let bank = expected[0].clone().named("bank").cwd(folder.path().join(cwd));
        assert_eq!(format!("{:?}", loaded[0]), format!("{bank:?}"));
        assert_eq!(format!("{:?}", &loaded[1..]), format!("{:?}", &expected[1..]));
    }
}

#[tokio::test]
async fn a_loaded_server_runs() {
    let script = r#"while read -r line; do id=${line#*\"id\":}; id=${id%%[,\}]*}
        case $line in
            *'"initialize"'*) r='{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}' ;;
            *'"tools/list"'*) r='{"tools":[{"name":"a","inputSchema":{"type":"object"}}]}' ;;
            *'"tools/call"'*) r='{"content":[{"type":"text","text":"'"$SAID"'"}]}' ;;
            *) continue ;;
        esac; printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$r"; done"#;
    let said = "${env:CARGO_PKG_NAME} in ${workspaceFolder}";
    let entry = json!({ "type": "stdio", "command": "sh", "args": ["-c", script], "env": { "SAID": said } });
    let servers = load(".vscode/mcp.json", &json!({ "inputs": [], "servers": { "echo": entry } }));
    // `$` and braces of the script are its own: only `${…}` is read, and none of its names is set.
    let message = servers.unwrap_err();
    assert!(message.contains("server `echo`: `args[1]` needs the environment variable line#"), "{message}");

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("server.sh"), script).unwrap();
    let entry = json!({ "command": "sh", "args": ["server.sh"], "cwd": ".", "env": { "SAID": said } });
    let path = folder.path().join("mcp.json");
    std::fs::write(&path, json!({ "servers": { "echo": entry } }).to_string()).unwrap();
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    let agent = Agent::new(model.provider()).mcp_servers(load_mcp_config(&path).unwrap());
    let result = agent.run("go").await.unwrap();
    let call = result.tool_calls().next().unwrap();
    assert_eq!(call.result, Some(format!("aitest-agent in {}", folder.path().display())));
    assert_eq!(call.server.as_deref(), Some("echo"));
}

#[test]
fn errors_name_file_server_and_key() {
    let of = |entry: Value| load(".mcp.json", &json!({ "mcpServers": { "bank": entry } })).unwrap_err();
    for (entry, problem) in [
        (json!({}), "`command` is missing"),
        (json!([]), "`bank` is no object"),
        (json!({ "type": "http" }), "`url` is missing"),
        (json!({ "type": "ws", "url": "ws://x" }), "`type` is `ws`; known are stdio, http and sse"),
        (json!({ "command": 1 }), "`command` is no text"),
        (json!({ "command": "x", "args": "-v" }), "`args` is no list of texts"),
        (json!({ "command": "x", "args": ["-v", 1] }), "`args[1]` is no text"),
        (json!({ "command": "x", "env": ["A=b"] }), "`env` is no object of texts"),
        (
            json!({ "command": "x", "env": { "A": "${NO_SUCH}" } }),
            "`env.A` needs the environment variable NO_SUCH, which is not set",
        ),
        (
            json!({ "url": "http://x", "headers": { "x-key": "${env:NO_SUCH}" } }),
            "`headers.x-key` needs the environment variable NO_SUCH, which is not set",
        ),
        (
            json!({ "url": "http://x", "headers": { "x-key": "${input:key}" } }),
            "`headers.x-key` asks a person (`${input:key}`): name an environment variable instead",
        ),
    ] {
        assert_eq!(of(entry), format!("~/.mcp.json: server `bank`: {problem}"));
    }
    let message = load("mcp.json", &json!({ "mcpServers": [] })).unwrap_err();
    assert_eq!(message, "~/mcp.json names no servers: there is neither `mcpServers` nor `servers`");
    let message = load_mcp_config(Path::new("/no/such.json")).unwrap_err().to_string();
    assert!(message.starts_with("/no/such.json cannot be read: No such file"), "{message}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mcp.json");
    std::fs::write(&path, "{ // servers\n").unwrap();
    let message = load_mcp_config(&path).unwrap_err().to_string();
    assert!(message.ends_with("mcp.json is not JSON: key must be a string at line 1 column 3"), "{message}");
}
