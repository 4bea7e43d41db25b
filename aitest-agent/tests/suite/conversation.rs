//! What a run sends, calls, counts and ends with.

use std::sync::Arc;
use std::time::Duration;

use aitest_agent::{
    Agent, AssistantMessage, BoxFuture, ChatReply, ChatRequest, Model, Provider, ProviderError, StopReason,
    ToolCallRequest,
};
use serde_json::json;

use crate::http::{ModelServer, Reply};
use crate::server;

#[tokio::test]
async fn a_tool_is_called_and_its_result_sent_back() {
    let model = ModelServer::start([Reply::calls(&[("a", r#"{"x": 1}"#)]), Reply::text("it is 42")]).await;
    let provider = model.provider().temperature(0.5).max_tokens(100);
    let agent = Agent::new(provider).mcp_server(server::calling("text 42")).system_prompt("be brief");
    let result = agent.run("what is it?").await.unwrap();

    assert!(result.success && result.error.is_none());
    assert_eq!(result.final_response, "it is 42");
    assert!(result.tool_was_called_with("a", json!({ "x": 1 })) && !result.tool_was_called("b"));
    let call = result.tool_calls().next().unwrap();
    assert_eq!((call.result.as_deref(), call.server.as_deref(), &*call.id), (Some("42"), Some("fixture"), "c0"));
    assert_eq!(result.turns.len(), 2);
    assert_eq!(result.turns[0].served_model.as_deref(), Some("served-1"));
    assert_eq!((result.token_usage.input_tokens, result.token_usage.output_tokens), (Some(20), Some(10)));
    assert_eq!(result.token_usage.reasoning_output_tokens, None, "not reported");

    let requests = model.requests();
    let first = &requests[0].body;
    assert_eq!(first["messages"][0], json!({ "role": "system", "content": "be brief" }));
    assert_eq!(first["messages"][1], json!({ "role": "user", "content": "what is it?" }));
    assert_eq!(first["tools"][0]["function"]["parameters"], json!({ "type": "object", "properties": {} }));
    assert_eq!((&first["temperature"], &first["max_tokens"]), (&json!(0.5), &json!(100)));
    let second = &requests[1].body["messages"];
    assert_eq!(second[2]["tool_calls"][0]["function"]["arguments"], r#"{"x": 1}"#, "as the model wrote it");
    assert_eq!(second[3], json!({ "role": "tool", "tool_call_id": "c0", "content": "42" }));
    assert!(!requests[0].head.to_lowercase().contains("authorization"), "no key was asked for");
}

#[tokio::test]
async fn several_calls_of_one_turn_run_beside_each_other() {
    let folder = tempfile::tempdir().unwrap();
    // Each server waits for the other's file: one after the other, they would wait forever.
    let waits = |mine: &str, other: &str| {
        let (mine, other) = (folder.path().join(mine), folder.path().join(other));
        let script =
            format!("touch {}; while ! [ -e {} ]; do sleep 0.01; done; text met", mine.display(), other.display());
        let name = mine.file_name().unwrap().to_str().unwrap();
        let list = format!(r#"reply '{{"tools":[{{"name":"{name}","inputSchema":{{"type":"object"}}}}]}}'"#);
        server::with(&list, &script).named(name)
    };
    let model = ModelServer::start([Reply::calls(&[("one", ""), ("two", "null")]), Reply::text("done")]).await;
    let agent = Agent::new(model.provider()).mcp_servers([waits("one", "two"), waits("two", "one")]);
    let result = agent.timeout(Duration::from_secs(20)).run("go").await.unwrap();
    assert!(result.success, "{:?}", result.error);
    assert_eq!(result.tool_calls().filter(|call| call.result.as_deref() == Some("met")).count(), 2);
}

#[tokio::test]
async fn a_result_of_ten_megabytes_goes_through_whole() {
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("long")]).await;
    let big = r#"text "$(head -c 10485760 /dev/zero | tr '\0' x)""#;
    let result = Agent::new(model.provider()).mcp_server(server::calling(big)).run("go").await.unwrap();
    assert!(result.success, "{:?}", result.error);
    assert_eq!(result.tool_calls().next().unwrap().result.as_ref().unwrap().len(), 10 << 20);
    assert_eq!(model.requests()[1].body["messages"][2]["content"].as_str().unwrap().len(), 10 << 20);
}

/// The model's mistakes go back to it, and a second one in a row ends the run.
async fn mistake(calls: &[(&str, &str)], call: &str, told: &str) {
    let model = ModelServer::start([Reply::calls(calls), Reply::text("sorry")]).await;
    let result = Agent::new(model.provider()).mcp_server(server::calling(call)).run("go").await.unwrap();
    assert!(result.success);
    assert_eq!(model.requests()[1].body["messages"][2]["content"], told);
    assert_eq!(result.tool_calls().next().unwrap().error.as_deref(), Some(told));

    let model = ModelServer::start([Reply::calls(calls)]).await;
    let result = Agent::new(model.provider()).mcp_server(server::calling(call)).run("go").await.unwrap();
    assert!(!result.success);
    assert_eq!(result.turns.len(), 2, "one retry");
    let tool = calls[0].0.to_owned();
    assert_eq!(result.error, Some(StopReason::ToolFailures { tool, failures: 2, message: told.to_owned() }));
}

#[tokio::test]
async fn an_unknown_tool() {
    mistake(&[("c", "{}")], "text 1", "unknown tool `c`: there are a, b").await;
}

#[tokio::test]
async fn malformed_arguments() {
    let told = "the arguments are not valid JSON: EOF while parsing a value at line 1 column 5";
    mistake(&[("a", r#"{"x":"#)], "text 1", told).await;
    mistake(&[("a", "[1]")], "text 1", "the arguments are not a JSON object").await;
}

#[tokio::test]
async fn a_failed_call() {
    mistake(&[("a", "{}")], "text 'no money' true", "no money").await;
}

#[tokio::test]
async fn a_json_rpc_error_is_a_failed_call() {
    let error = r#"printf '{"jsonrpc":"2.0","id":%s,"error":{"code":-32602,"message":"no such account"}}\n' "$id""#;
    mistake(&[("a", "{}")], error, "no such account (JSON-RPC error -32602)").await;
}

#[tokio::test]
async fn a_success_between_failures_counts_them_anew() {
    let flaky = r#"case $line in *fail*) text bad true ;; *) text good ;; esac"#;
    let (bad, good) = (Reply::calls(&[("a", r#"{"x":"fail"}"#)]), Reply::calls(&[("a", "{}")]));
    let model = ModelServer::start([bad.clone(), good, bad, Reply::text("done")]).await;
    let result = Agent::new(model.provider()).mcp_server(server::calling(flaky)).run("go").await.unwrap();
    assert!(result.success, "{:?}", result.error);
    assert_eq!(result.tool_call_count("a"), 3);
}

/// A run that ends by the subject's doing.
async fn stops(agent: impl FnOnce(Agent) -> Agent, reply: Reply) -> StopReason {
    let model = ModelServer::start([reply]).await;
    let result = agent(Agent::new(model.provider())).run("go").await.unwrap();
    assert!(!result.success && result.final_response.is_empty());
    result.error.unwrap()
}

#[tokio::test]
async fn limits_and_refusals_are_no_errors() {
    let with_tools = |agent: Agent| agent.mcp_server(server::calling("text 1")).max_turns(3);
    let stop = stops(with_tools, Reply::calls(&[("a", "{}")])).await;
    assert_eq!(stop.to_string(), "no answer after 3 turns (max_turns)");
    assert_eq!(stop, StopReason::MaxTurns { limit: 3 });

    let refusal = json!({ "role": "assistant", "content": null, "refusal": "I cannot help" });
    let stop = stops(|agent| agent, Reply::message(&refusal, "stop")).await;
    assert_eq!(stop.to_string(), "the model refused: I cannot help");

    let cut = json!({ "role": "assistant", "content": "The answer" });
    assert_eq!(stops(|agent| agent, Reply::message(&cut, "length")).await, StopReason::OutputLimit);
    let filtered = stops(|agent| agent, Reply::message(&cut, "content_filter")).await;
    assert!(matches!(filtered, StopReason::ContentFilter { .. }));

    let body =
        r#"{"error":{"message":"too many tokens","type":"invalid_request_error","code":"context_length_exceeded"}}"#;
    let stop = stops(|agent| agent, Reply::status("400 Bad Request", "", body)).await;
    assert!(matches!(&stop, StopReason::ContextLength { message } if message.contains("too many tokens")), "{stop}");
    let body = r#"{"error":{"message":"filtered","code":"content_filter"}}"#;
    let stop = stops(|agent| agent, Reply::status("400 Bad Request", "", body)).await;
    assert!(matches!(stop, StopReason::ContentFilter { .. }), "{stop}");

    let limit = Duration::from_millis(50);
    assert_eq!(stops(|agent| agent.timeout(limit), Reply::Hang).await, StopReason::TimeLimit { limit });
}

#[tokio::test]
async fn allowed_tools_are_all_that_is_offered() {
    let model = ModelServer::start([Reply::calls(&[("b", "{}")]), Reply::text("done")]).await;
    let agent = Agent::new(model.provider()).mcp_server(server::calling("text 1"));
    let result = agent.clone().allowed_tools(["a"]).run("go").await.unwrap();
    assert_eq!(model.requests()[0].body["tools"].as_array().unwrap().len(), 1);
    assert_eq!(result.tool_calls().next().unwrap().error.as_deref(), Some("unknown tool `b`: there are a"));

    let error = agent.allowed_tools(["a", "z"]).run("go").await.unwrap_err();
    assert_eq!(error.to_string(), "allowed_tools names `z`, which no server offers; offered are: a, b");
}

#[tokio::test]
async fn two_servers_with_one_tool_name() {
    let calls = Reply::calls(&[("north_a", "{}"), ("south_a", "{}"), ("a", "{}")]);
    let model = ModelServer::start([calls, Reply::text("done")]).await;
    let servers = [server::calling("text 1").named("north"), server::calling("text 2").named("south")];
    let agent = Agent::new(model.provider()).mcp_servers(servers);
    let result = agent.clone().allowed_tools(["a", "south.b"]).run("go").await.unwrap();
    let offered = model.requests()[0].body["tools"].as_array().unwrap().clone();
    let offered = offered.iter().map(|tool| tool["function"]["name"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(offered, ["north_a", "south_a", "south_b"]);

    let calls = result.tool_calls().map(|call| (call.server.as_deref(), &*call.name, call.result.as_deref()));
    let calls = calls.collect::<Vec<_>>();
    assert_eq!(calls[..2], [(Some("north"), "a", Some("1")), (Some("south"), "a", Some("2"))]);
    assert_eq!(calls[2], (None, "a", None));
    let error = result.tool_calls().nth(2).unwrap().error.clone().unwrap();
    assert_eq!(error, "unknown tool `a`: there are north_a, south_a, south_b");
}

#[tokio::test]
async fn a_tool_with_an_odd_name() {
    let model = ModelServer::start([Reply::calls(&[("bank_read_balance_", "{}")]), Reply::text("done")]).await;
    let list = r#"reply '{"tools":[{"name":"bank/read.balance?","inputSchema":{"type":"object"}}]}'"#;
    let call = r#"case $line in *'"bank/read.balance?"'*) text yes ;; *) text no ;; esac"#;
    let result = Agent::new(model.provider()).mcp_server(server::with(list, call)).run("go").await.unwrap();
    assert!(result.tool_was_called("bank/read.balance?"));
    assert_eq!(result.tool_calls().next().unwrap().result.as_deref(), Some("yes"));
    let first = &model.requests()[1].body["messages"][1]["tool_calls"][0]["function"];
    assert_eq!(first["name"], "bank_read_balance_", "the model is told what it said");
}

#[test]
fn outside_a_runtime() {
    use std::future::IntoFuture;
    let run = Agent::new("openai/m").run("go").into_future();
    let error = futures_util::FutureExt::now_or_never(run).unwrap().unwrap_err();
    assert!(error.to_string().starts_with("an agent runs inside a tokio runtime"), "{error}");
}

/// A client of the user's own.
#[derive(Debug)]
struct Echo;

impl Model for Echo {
    fn provider(&self) -> &str {
        "own"
    }

    fn model(&self) -> &str {
        "echo"
    }

    fn chat<'a>(&'a self, request: &'a ChatRequest) -> BoxFuture<'a, Result<ChatReply, ProviderError>> {
        let message = match request.messages.len() {
            1 => AssistantMessage::default().with_tool_call(ToolCallRequest::new("1", "a", "{}")),
            _ => AssistantMessage::text(format!("{:?}", request.messages.last())),
        };
        Box::pin(async { Ok(ChatReply::new(message)) })
    }
}

#[tokio::test]
async fn a_custom_model() {
    let agent = Agent::new(Provider::custom(Arc::new(Echo))).mcp_server(server::calling("text pong"));
    // The future is `Send`, so it can be spawned.
    let result = tokio::spawn(async move { agent.run("go").await }).await.unwrap().unwrap();
    assert!(result.final_response.contains("pong"), "{}", result.final_response);
    assert_eq!((result.token_usage.total(), result.cost), (None, None), "unknown is not zero");
}
