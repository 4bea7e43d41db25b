//! What agents are given: it differs between runs by variables, and between two agents of one name.

use aitest::testing::{Reply, ScriptedModel};
use aitest::{Agent, McpServer, Provider, aitest};

/// Lists one tool, described by `$DESCRIPTION`.
const SERVER: &str = r#"
reply() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$1" "$2"; }
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case $line in
    *'"initialize"'*) reply "$id" '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}' ;;
    *'"tools/list"'*) reply "$id" '{"tools":[{"name":"transfer","description":"'"$DESCRIPTION"'","inputSchema":{"type":"object"}}]}' ;;
  esac
done
"#;

fn model() -> Provider {
    Provider::scripted(ScriptedModel::named("teller-1").otherwise([Reply::text("done")]))
}

#[aitest(iterations = 2)]
async fn transfer() -> aitest::Result {
    let description = std::env::var("DESCRIPTION")?;
    let bank = McpServer::stdio("sh").named("bank").args(["-c", SERVER]).env("DESCRIPTION", description);
    Agent::new(model()).system_prompt("Be brief.").mcp_server(bank).run("go").await?;
    Ok(())
}

#[aitest]
async fn named_alike() -> aitest::Result {
    Agent::new(model()).named("teller").system_prompt("Be brief.").run("go").await?;
    Agent::new(model()).named("teller").system_prompt("Be kind.").run("go").await?;
    Ok(())
}
