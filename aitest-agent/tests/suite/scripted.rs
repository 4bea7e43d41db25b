//! The agent and the embedded model together.

use aitest_agent::testing::{Reply, ScriptedModel, json};
use aitest_agent::{Agent, Provider};

use crate::server::calling;

#[tokio::test]
async fn a_scripted_conversation() {
    let model = ScriptedModel::named("scripted-1")
        .on("balance", [Reply::tool_call("a", json!({ "account": "checking" })), Reply::text("You have {result}.")])
        .require_key("k-12345678");
    let agent = Agent::new(Provider::scripted(model.clone())).mcp_server(calling("text 1500"));
    let result = agent.run("What is my balance?").await.unwrap();
    assert_eq!(result.final_response, "You have 1500.");
    assert!(result.tool_was_called_with("a", json!({ "account": "checking" })));
    assert_eq!(model.requests().len(), 2);
    assert_eq!(Provider::scripted(model.clone()).base_url().unwrap(), model.base_url());
}

#[tokio::test]
async fn a_scripted_conversation_without_its_key() {
    let model = ScriptedModel::named("scripted-1").require_key("k-12345678");
    let provider = Provider::compatible(model.base_url(), "scripted-1");
    let error = Agent::new(provider).run("hi").await.unwrap_err();
    assert!(error.to_string().starts_with("compatible/scripted-1: 401 Unauthorized"), "{error}");
}
