//! Servers that misbehave, and processes that end while a server runs.

use aitest::testing::{Reply, ScriptedModel, json};
use aitest::{Agent, Iteration, McpServer, Provider, aitest};

fn model() -> Provider {
    Provider::scripted(
        ScriptedModel::named("caller").otherwise([Reply::tool_call("dump", json!({})), Reply::text("done")]),
    )
}

/// Answers `initialize` and `tools/list`, then does `$ON_CALL`.
const SERVER: &str = r#"
reply() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$1" "$2"; }
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case $line in
    *'"initialize"'*) reply "$id" '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}' ;;
    *'"tools/list"'*) reply "$id" '{"tools":[{"name":"dump","inputSchema":{"type":"object"}}]}' ;;
    *'"tools/call"'*) eval "$ON_CALL" ;;
  esac
done
"#;

fn server(on_call: &str) -> McpServer {
    McpServer::stdio("sh").named("shell").args(["-c", SERVER]).env("ON_CALL", on_call)
}

#[aitest(iterations = 3)]
async fn dies_once(it: &Iteration) -> aitest::Result {
    let on_call = if it.index() == 2 {
        "echo 'out of memory' >&2; exit 9"
    } else {
        r#"reply "$id" '{"content":[{"type":"text","text":"all is well"}]}'"#
    };
    let result = Agent::new(model()).mcp_server(server(on_call)).run("dump it").await?;
    assert!(result.tool_was_called("dump"));
    assert_eq!(result.final_response, "done");
    Ok(())
}

#[aitest(iterations = 2)]
async fn not_found() -> aitest::Result {
    Agent::new(model()).mcp_server(McpServer::stdio("no-such-server-anywhere")).run("dump it").await?;
    Ok(())
}

/// Begins a call that has no end, tells the fifo, and waits.
#[aitest]
async fn waits_for_a_call() -> aitest::Result {
    Agent::new(model()).mcp_server(endless()).run("dump it").await?;
    Ok(())
}

/// Ends its process in the middle of a call.
#[aitest]
async fn exits_in_a_call() -> aitest::Result {
    let inner = std::env::var("INNER_FIFO")?;
    let run = async { Agent::new(model()).mcp_server(endless()).run("dump it").await };
    let called = tokio::task::spawn_blocking(move || std::fs::read_to_string(inner));
    tokio::select! {
        result = run => drop(result?),
        _ = called => std::process::exit(0),
    }
    Ok(())
}

/// A server with a grandchild: it writes both process ids into `$PIDS`, then a line into each fifo.
fn endless() -> McpServer {
    let mut server = server(
        "sleep 600 & echo \"$$ $!\" > \"$PIDS\"; if [ -n \"$INNER_FIFO\" ]; then echo called > \"$INNER_FIFO\"; fi; \
         if [ -n \"$FIFO\" ]; then echo called > \"$FIFO\"; fi; wait",
    );
    for name in ["PIDS", "FIFO", "INNER_FIFO"] {
        server = server.env(name, std::env::var(name).unwrap_or_default());
    }
    server
}

/// A server with a grandchild in each iteration, which write their process ids into `$PIDS`.
#[aitest(iterations = 20, concurrency = 4)]
async fn many() -> aitest::Result {
    let on_call = r#"sleep 600 & echo "$$ $!" >> "$PIDS"
        reply "$id" '{"content":[{"type":"text","text":"dumped"}]}'"#;
    let server = server(on_call).env("PIDS", std::env::var("PIDS")?);
    let result = Agent::new(model()).mcp_server(server).run("dump it").await?;
    assert!(result.success);
    Ok(())
}

/// One server for all iterations, which counts the calls.
#[aitest(iterations = 5)]
async fn shared(it: &Iteration) -> aitest::Result {
    let on_call = r#"if [ -z "$n" ]; then sleep 600 & echo "$$ $!" >> "$PIDS"; fi
        n=$((n + 1)); reply "$id" '{"content":[{"type":"text","text":"'"$n"'"}]}'"#;
    let server = server(on_call).env("PIDS", std::env::var("PIDS")?).shared();
    let result = Agent::new(model()).mcp_server(server).run("dump it").await?;
    let call = result.tool_calls().next().and_then(|call| call.result.clone());
    assert_eq!(call, Some(it.index().to_string()));
    Ok(())
}

/// A server that never answers takes longer to start than the iteration may work.
#[aitest(iterations = 2, timeout = "100ms")]
async fn never_answers() -> aitest::Result {
    let server = McpServer::stdio("sleep").args(["1000"]).timeout(std::time::Duration::from_millis(400));
    Agent::new(model()).mcp_server(server).run("dump it").await?;
    Ok(())
}

#[aitest]
async fn ten_megabytes() -> aitest::Result {
    let on_call = r#"printf '{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"' "$id"; head -c 10000000 /dev/zero | tr '\0' x; printf '"}]}}\n'"#;
    let result = Agent::new(model()).mcp_server(server(on_call)).run("dump it").await?;
    assert!(result.success);
    Ok(())
}
