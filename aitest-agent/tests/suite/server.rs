//! MCP servers written in shell.

use aitest_agent::McpServer;

/// Answers `initialize` and `tools/list`; `$call` runs for each `tools/call`, with the request's id in `$id` and the
/// request in `$line`.
const SERVER: &str = r#"
reply() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
text() { reply "{\"content\":[{\"type\":\"text\",\"text\":\"$1\"}],\"isError\":${2:-false}}"; }
while read -r line; do
  id=${line#*\"id\":}; id=${id%%[,\}]*}
  case $line in
    *'"method":"initialize"'*)
      reply '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"fixture","version":"1"}}' ;;
    *'"method":"tools/list"'*) eval "$list" ;;
    *'"method":"tools/call"'*) eval "$call" ;;
  esac
done
eval "$at_end"
"#;

/// A server whose tools `a` and `b` run `call`.
pub(crate) fn calling(call: &str) -> McpServer {
    const LIST: &str = r#"reply '{"tools":[{"name":"a","description":"tool a","inputSchema":{"type":"object"}},{"name":"b","inputSchema":{"type":"object","properties":{}}}]}'"#;
    with(LIST, call)
}

pub(crate) fn with(list: &str, call: &str) -> McpServer {
    shell(SERVER).named("fixture").env("list", list).env("call", call)
}

/// Anything in shell.
pub(crate) fn shell(script: &str) -> McpServer {
    McpServer::stdio("/bin/sh").args(["-c", script])
}
