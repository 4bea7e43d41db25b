//! What servers tell without being asked, and answers to questions without an agent.

use std::time::Duration;

use aitest_agent::{Agent, AgentError, AgentResult, McpServer, Message};
use serde_json::{Value, json};

use crate::http::{ModelServer, Reply};
use crate::server::{calling, shell, with};

/// Sends a notification; its method in `$1`, its parameters in `$2`.
pub(crate) const NOTIFY: &str =
    r#"notify() { printf '{"jsonrpc":"2.0","method":"notifications/%s","params":%s}\n' "$1" "$2"; }"#;

fn tool_names(request: &Value) -> Vec<&str> {
    request["tools"].as_array().unwrap().iter().map(|tool| tool["function"]["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn tools_that_change_are_listed_again_before_the_next_turn() {
    let list = r#"reply '{"tools":[{"name":"a","inputSchema":{"type":"object"}}'"$more"']}'"#;
    let call = format!(
        r#"{NOTIFY}
        more=',{{"name":"b","inputSchema":{{"type":"object"}}}}'; notify tools/list_changed '{{}}'; text 1"#
    );
    let calls = [Reply::calls(&[("a", "{}")]), Reply::calls(&[("b", "{}")]), Reply::text("done")];
    let model = ModelServer::start(calls).await;
    let result = Agent::new(model.provider()).mcp_server(with(list, &call)).run("go").await.unwrap();
    assert!(result.success && result.tool_calls().all(|call| call.error.is_none()));
    let requests = model.requests();
    assert_eq!((tool_names(&requests[0].body), tool_names(&requests[1].body)), (vec!["a"], vec!["a", "b"]));
}

/// The same where there is no handshake, and a server tells only who listens.
#[tokio::test]
async fn tools_that_change_without_a_handshake() {
    let script = r#"
        reply() { printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"; }
        common='"resultType":"complete","ttlMs":0,"cacheScope":"private"'
        while read -r line; do
          id=${line#*\"id\":}; id=${id%%[,\}]*}
          meta='"_meta":{"io.modelcontextprotocol/subscriptionId":'"$listener"'}'
          case $line in
            *'"method":"initialize"'*) reply '"error":{"code":-32601,"message":"no"}' ;;
            *'"method":"server/discover"'*) reply '"result":{'"$common"',"supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true}}}' ;;
            *'"method":"subscriptions/listen"'*) listener=$id
              meta='"_meta":{"io.modelcontextprotocol/subscriptionId":'"$listener"'}'
              printf '{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{%s,"notifications":{"toolsListChanged":true}}}\n' "$meta" ;;
            *'"method":"tools/list"'*) reply '"result":{'"$common"',"tools":[{"name":"a","inputSchema":{"type":"object"}}'"$more"']}' ;;
            *'"method":"tools/call"'*) more=',{"name":"b","inputSchema":{"type":"object"}}'
              printf '{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{%s}}\n' "$meta"
              reply '"result":{"resultType":"complete","content":[{"type":"text","text":"1"}]}' ;;
          esac
        done"#;
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    let result = Agent::new(model.provider()).mcp_server(shell(script)).run("go").await.unwrap();
    assert!(result.success);
    assert_eq!(tool_names(&model.requests()[1].body), ["a", "b"]);
}

/// A server with a prompt and a resource.
fn library() -> McpServer {
    shell(
        r#"
        reply() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
        while read -r line; do
          id=${line#*\"id\":}; id=${id%%[,\}]*}
          case $line in
            *'"method":"initialize"'*) reply '{"protocolVersion":"2025-06-18","capabilities":{"prompts":{},"resources":{}},"serverInfo":{"name":"l","version":"1"}}' ;;
            *'"method":"prompts/list"'*) reply '{"prompts":[{"name":"report","description":"A report","arguments":[{"name":"month","required":true}]}]}' ;;
            *'"method":"prompts/get"'*'"month":"May"'*) reply '{"messages":[{"role":"user","content":{"type":"text","text":"Report on May"}},{"role":"assistant","content":{"type":"text","text":"Of course"}},{"role":"user","content":{"type":"image","mimeType":"image/png","data":"AAAA"}}]}' ;;
            *'"method":"resources/list"'*) reply '{"resources":[{"uri":"bank://terms","name":"terms","mimeType":"text/plain","size":5}]}' ;;
            *'"method":"resources/read"'*) reply '{"contents":[{"uri":"bank://terms","text":"terms"},{"uri":"bank://logo","mimeType":"image/png","blob":"AAAA"}]}' ;;
            *'"id":'*) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"unknown"}}\n' "$id" ;;
          esac
        done"#,
    )
    .named("library")
}

#[tokio::test]
async fn tools_are_listed_in_a_form_for_snapshots() {
    let list = r#"reply '{"tools":[
        {"name":"transfer","description":"Moves money.\nUses t-123456789.","inputSchema":{"type":"object","required":["to"],"properties":{"to":{"type":"string"}}}},
        {"name":"balance","inputSchema":{"type":"object"}}]}'"#
        .replace('\n', "");
    let server = with(&list, "").env("A_TOKEN", "t-123456789");
    let tools = server.tools().await.unwrap();
    assert_eq!(tools.tools().iter().map(|tool| &*tool.name).collect::<Vec<_>>(), ["balance", "transfer"]);
    assert_eq!(tools.tool("transfer").unwrap().server, "fixture");
    insta::assert_snapshot!(tools, @r##"
    # balance
    {
      "type": "object"
    }

    # transfer
    Moves money.
    Uses [redacted:A_TOKEN].
    {
      "properties": {
        "to": {
          "type": "string"
        }
      },
      "required": [
        "to"
      ],
      "type": "object"
    }
    "##);
}

/// A run with a server whose prompts are listed by `prompts`, a line of shell.
async fn with_prompts(prompts: &str) -> Result<AgentResult, AgentError> {
    let script = r#"
        reply() { printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$1"; }
        while read -r line; do
          id=${line#*\"id\":}; id=${id%%[,\}]*}
          case $line in
            *'"method":"initialize"'*) reply '"result":{"protocolVersion":"2025-06-18","capabilities":{"prompts":{}},"serverInfo":{"name":"l","version":"1"}}' ;;
            *'"method":"prompts/list"'*) eval "$prompts" ;;
            *'"id":'*) reply '"error":{"code":-32601,"message":"unknown"}' ;;
          esac
        done"#;
    let limit = Duration::from_millis(300);
    let server = shell(script).named("bare").env("prompts", prompts).timeout(limit);
    let model = ModelServer::start([Reply::text("done")]).await;
    Agent::new(model.provider()).mcp_servers([library(), server, calling("")]).run("go").await
}

#[tokio::test]
async fn a_result_names_the_prompts_of_all_servers() {
    let result = with_prompts(r#"reply '"result":{"prompts":[{"name":"greet"}]}'"#).await.unwrap();
    let prompts = &result.mcp_prompts;
    let names = prompts.iter().map(|prompt| (&*prompt.server, &*prompt.name)).collect::<Vec<_>>();
    assert_eq!(names, [("library", "report"), ("bare", "greet")]);
    assert_eq!(prompts[0].description.as_deref(), Some("A report"));
    assert_eq!((&*prompts[0].arguments[0].name, prompts[0].arguments[0].required), ("month", true));
}

#[tokio::test]
async fn a_server_that_lists_no_prompts_has_its_tools_all_the_same() {
    for prompts in [r#"reply '"error":{"code":-32603,"message":"later"}'"#, r#"reply '"result":{"prompts":7}'"#] {
        let result = with_prompts(prompts).await.unwrap();
        assert!(result.success && result.mcp_prompts.len() == 1, "{prompts}: {:?}", result.mcp_prompts);
    }
    let message = with_prompts(":").await.unwrap_err().to_string();
    assert_eq!(message, "tool server `bare`: the server did not answer `prompts/list` within 0.3 s");
    let message = with_prompts("exit 3").await.unwrap_err().to_string();
    assert_eq!(message, "tool server `bare`: the server ended before it listed its prompts (exit status: 3)");
}

#[tokio::test]
async fn prompts_and_resources() {
    let prompts = library().list_prompts().await.unwrap();
    assert_eq!((prompts.len(), &*prompts[0].name, prompts[0].description.as_deref()), (1, "report", Some("A report")));
    assert!(prompts[0].arguments[0].required && prompts[0].arguments[0].name == "month");
    let messages = library().get_prompt("report", [("month", "May")]).await.unwrap();
    let [Message::User(asked), Message::Assistant(said), Message::User(image)] = &messages[..] else {
        panic!("{messages:?}")
    };
    assert_eq!((&**asked, &*said.text, &**image), ("Report on May", "Of course", "[image image/png, 3 bytes]"));

    let resources = library().list_resources().await.unwrap();
    assert_eq!((&*resources[0].uri, &*resources[0].name, resources[0].size), ("bank://terms", "terms", Some(5)));
    let parts = library().read_resource("bank://terms").await.unwrap();
    assert_eq!((parts[0].text.as_deref(), parts[0].base64.as_deref()), (Some("terms"), None));
    assert_eq!((parts[1].text.as_deref(), parts[1].base64.as_deref()), (None, Some("AAAA")));
}

#[tokio::test]
async fn questions_that_are_not_answered() {
    let message = library().get_prompt("report", [("month", "June")]).await.unwrap_err().to_string();
    assert_eq!(message, "tool server `library`: the server answered `prompts/get` with an error: unknown (-32601)");
    let dies = with(r#"reply '{"tools":[]}'; exit 3"#, "").named("dies");
    let message = dies.read_resource("x://y").await.unwrap_err().to_string();
    assert_eq!(message, "tool server `dies`: the server ended while it was asked `resources/read` (exit status: 3)");
    let message = McpServer::stdio("no-such-mcp").list_prompts().await.unwrap_err().to_string();
    assert!(message.starts_with("tool server `no-such-mcp`: command `no-such-mcp` not found"), "{message}");
}

#[tokio::test]
async fn a_server_without_prompts_and_resources() {
    let none = shell(
        r#"while read -r line; do id=${line#*\"id\":}; id=${id%%[,\}]*}
        case $line in
            *'"method":"initialize"'*) printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"l","version":"1"}}}\n' "$id" ;;
            *'"id":'*) printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"unknown"}}\n' "$id" ;;
        esac; done"#,
    );
    assert!(none.list_prompts().await.unwrap().is_empty() && none.list_resources().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_thousand_tools_a_schema_of_a_megabyte_and_one_that_names_itself() {
    let list = r##"
        tools='{"name":"tree","inputSchema":{"type":"object","properties":{"left":{"$ref":"#"}}}}'
        big=$(head -c 1048576 /dev/zero | tr '\0' x)
        printf '{"jsonrpc":"2.0","id":%s,"result":{"tools":[%s,{"name":"big","inputSchema":{"type":"object","description":"%s"}}' "$id" "$tools" "$big"
        n=0; while [ $n -lt 998 ]; do printf ',{"name":"tool.%s","inputSchema":{"type":"object"}}' $n; n=$((n + 1)); done
        printf ']}}\n'"##;
    let model = ModelServer::start([Reply::calls(&[("tool_997", "{}")]), Reply::text("done")]).await;
    let result = Agent::new(model.provider()).mcp_server(with(list, "text 1")).run("go").await.unwrap();
    assert_eq!(result.tool_calls().next().unwrap().result.as_deref(), Some("1"));
    let request = &model.requests()[0].body;
    assert_eq!(tool_names(request).len(), 1000);
    assert_eq!(request["tools"][0]["function"]["parameters"]["properties"]["left"], json!({ "$ref": "#" }));
    let big = &request["tools"][1]["function"]["parameters"]["description"];
    assert_eq!(big.as_str().unwrap().len(), 1 << 20);
}

#[tokio::test]
async fn a_flood_of_standard_error() {
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await;
    // More than any pipe holds: a server whose standard error nobody reads would hang.
    let server = calling("head -c 20000000 /dev/zero | tr '\\0' x >&2; text 1");
    assert!(Agent::new(model.provider()).mcp_server(server).run("go").await.unwrap().success);
}
