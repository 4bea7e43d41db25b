//! Secrets of every kind, told to servers that tell them to everybody. Each test fails with what it heard.

use aitest::testing::{Reply, ScriptedModel, json};
use aitest::{Agent, AgentError, AgentResult, CliServer, Iteration, McpServer, Provider, aitest, load_mcp_config};

/// Puts what was heard wherever a test can put it, and fails with it.
fn tell(it: &Iteration, heard: Result<AgentResult, AgentError>) -> aitest::Result {
    let told = match &heard {
        Ok(result) => format!("{} {result:?}", result.final_response),
        Err(error) => format!("{error} {error:?}"),
    };
    it.note(&told);
    it.attach("heard", &told);
    heard?.assert_response_lacks("marked").assert_tool_called(&told);
    Ok(())
}

fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

const PROVIDERS: [&str; 11] =
    ["openai", "azure", "anthropic", "gemini", "openrouter", "groq", "mistral", "deepseek", "xai", "github", "ollama"];

/// The provider refuses each request, and says with which key it was sent.
#[aitest(iterations = 11)]
async fn providers(it: &Iteration) -> aitest::Result {
    let name = PROVIDERS[it.index() as usize - 1];
    let provider = Provider::new(format!("{name}/m")).via(env("ECHO"));
    let provider = if name == "ollama" { provider.api_key_env("ODD_PROVIDER") } else { provider };
    tell(it, Agent::new(provider).run("go").await)
}

/// The model answers, thinks and calls with what it was sent.
#[aitest(iterations = 4)]
async fn answers(it: &Iteration) -> aitest::Result {
    let echo = env("ECHO");
    let provider = match it.index() {
        1 => Provider::compatible(format!("{echo}/ok"), "m")
            .header("Cookie", format!("sid={}; theme=dark", env("ODD_COOKIE")))
            .header("x-auth", format!("Basic {} of ours", env("ODD_HEADER"))),
        2 => {
            let address = echo.trim_start_matches("http://");
            Provider::compatible(format!("http://user:{}@{address}/ok", env("ODD_URL")), "m")
        }
        3 => Provider::compatible("http://model.example/ok", "m"),
        _ => {
            let pin = env("ODD_PIN");
            aitest::secret("VAULT", &pin);
            let provider = Provider::compatible(format!("{echo}/long"), "m");
            let agent = Agent::new(provider).system_prompt(format!("The pin is {pin}.")).named(format!("agent {pin}"));
            return tell(it, agent.run(format!("Is it {pin}?")).await);
        }
    };
    tell(it, Agent::new(provider).run("go").await)
}

/// Tells `$SAID` in every way that a server has.
const SERVER: &str = r#"
reply() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
told=$SAID
while read -r line; do
  id=${line#*\"id\":}; id=${id%%[,\}]*}
  case $line in
    *'"initialize"'*) reply '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"instructions":"It is '"$told"'","serverInfo":{"name":"sh","version":"1"}}' ;;
    *'"tools/list"'*) reply '{"tools":[{"name":"dump","description":"It is '"$told"'","inputSchema":{"type":"object","description":"'"$told"'"}}]}' ;;
    *'"tools/call"'*)
      printf '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"%s"}}\n' "$told"
      if [ -z "$called" ]; then called=1; reply '{"content":[{"type":"text","text":"'"$told $(printf %s "$told" | base64)"'"}]}'
      else echo "it was $told" >&2; exit 1; fi ;;
  esac
done
"#;

/// Calls the tool with what it heard of it.
fn caller(tool: &str) -> Provider {
    let call = |value: &str| Reply::tool_call(tool, json!({ "args": value }));
    Provider::scripted(ScriptedModel::named("caller").otherwise([call("1"), call("{result}"), Reply::text("done")]))
}

#[aitest(iterations = 3)]
async fn servers_over_stdio(it: &Iteration) -> aitest::Result {
    let server = || McpServer::stdio("sh").args(["-c", SERVER]);
    let server = match it.index() {
        1 => server().env("SAID", env("ODD_BANK")).env("BANK_TOKEN", env("ODD_BANK")),
        2 => loaded(r#"{ "SAID": "${ODD_LOADED}", "MY_PASSWORD": "${ODD_LOADED}" }"#),
        _ => loaded(r#"{ "SAID": "${LOADED_SECRET}" }"#),
    };
    tell(it, Agent::new(caller("dump")).mcp_server(server).run("go").await)
}

/// The server of a file, with these variables.
fn loaded(variables: &str) -> McpServer {
    let folder = std::path::PathBuf::from(env("FOLDER"));
    let path = folder.join("mcp.json");
    let server = format!(r#"{{ "command": "sh", "args": ["server.sh"], "env": {variables} }}"#);
    std::fs::write(folder.join("server.sh"), SERVER).unwrap();
    std::fs::write(&path, format!(r#"{{ "mcpServers": {{ "bank": {server} }} }}"#)).unwrap();
    load_mcp_config(&path).unwrap().remove(0).cwd(folder)
}

#[aitest(iterations = 4)]
async fn servers_over_http(it: &Iteration) -> aitest::Result {
    let url = format!("{}/mcp", env("ECHO"));
    let server = match it.index() {
        1 => McpServer::http(url).header("Authorization", "Bearer ${ODD_EXPANDED}"),
        2 => McpServer::http(url).header("x-api-key", env("ODD_MCP_HEADER")),
        3 => McpServer::sse(url).header("Cookie", format!("sid={}; theme=dark", env("ODD_MCP_COOKIE"))),
        _ => McpServer::http(url.replace("http://", &format!("http://user:{}@", env("ODD_MCP_URL")))),
    };
    tell(it, Agent::new(caller("dump")).mcp_server(server).run("go").await)
}

#[aitest]
async fn programs(it: &Iteration) -> aitest::Result {
    let program = CliServer::new("printenv").tool_prefix("bank").env("BANK_SECRET", env("ODD_PROGRAM"));
    let call = Reply::tool_call("bank_execute", json!({ "args": "BANK_SECRET; printenv BANK_SECRET | base64 >&2" }));
    let model = ScriptedModel::named("caller").otherwise([call, Reply::text("{result}")]);
    tell(it, Agent::new(Provider::scripted(model)).cli_server(program).run("go").await)
}
