//! What a result tells, and how a conversation goes on from it.

use std::time::Duration;

use aitest_agent::{Agent, Message, StopReason};
use serde_json::json;

use crate::http::{ModelServer, Reply};
use crate::server::calling;

/// A tool that returns a text and the image `pixels`.
const WITH_IMAGE: &str =
    r#"reply '{"content":[{"type":"text","text":"here"},{"type":"image","mimeType":"image/png","data":"cGl4ZWxz"}]}'"#;

fn roles(messages: &[Message]) -> Vec<&'static str> {
    let role = |message: &Message| match message {
        Message::System(_) => "system",
        Message::User(_) => "user",
        Message::Assistant(_) => "assistant",
        Message::ToolResult { .. } => "tool",
        _ => "other",
    };
    messages.iter().map(role).collect()
}

#[tokio::test]
async fn a_result_tells_what_happened() {
    let said = json!({ "role": "assistant", "content": "Let me look.", "tool_calls": [
        { "id": "c0", "type": "function", "function": { "name": "a", "arguments": "{\"at\":{\"city\":\"Oslo\"}}" } },
    ] });
    let model = ModelServer::start([Reply::message(&said, "tool_calls"), Reply::text("Done.")]).await;
    let agent = Agent::new(model.provider()).mcp_server(calling(WITH_IMAGE)).system_prompt("be brief").named("teller");
    let result = agent.run("go").prompt_name("lookup-v2").await.unwrap();

    assert_eq!(result.all_responses(), ["Let me look.", "Done."]);
    assert_eq!(result.effective_system_prompt(), Some("be brief"));
    assert_eq!((result.agent_name.as_str(), result.model.as_str()), ("teller", "m"));
    assert_eq!(result.prompt_name.as_deref(), Some("lookup-v2"));
    let tools: Vec<_> = result.available_tools.iter().map(|tool| (&*tool.server, &*tool.name)).collect();
    assert_eq!(tools, [("fixture", "a"), ("fixture", "b")]);
    assert_eq!(result.available_tools[0].description, "tool a");

    let call = result.tool_calls_for("a")[0];
    assert_eq!(call.arg::<String>("/at/city").unwrap(), "Oslo");
    assert_eq!(call.result.as_deref(), Some("here\n[image image/png, 6 bytes]"));
    assert!(call.error.is_none() && call.duration > Duration::ZERO);
    assert_eq!(result.tool_images_for("a")[0].bytes().as_deref(), Some(&b"pixels"[..]));
    assert!(result.tool_was_called_from_server("a", "fixture"));
    assert_eq!(result.turns[1].request_id.as_deref(), Some("req-1"));
    assert_eq!(roles(result.messages()), ["user", "assistant", "tool", "assistant"]);
    assert!(!result.is_session_continuation() && result.session_context_count() == 0);
}

#[tokio::test]
async fn a_conversation_is_continued() {
    let model = ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("1500"), Reply::text("moved")]).await;
    let agent = Agent::new(model.provider()).mcp_server(calling("text 1500")).system_prompt("be brief");
    let balance = agent.run("What is my balance?").await.unwrap();
    let moved = agent.run("Move it.").continue_from(&balance).await.unwrap();
    assert_eq!((moved.session_context_count(), moved.is_session_continuation()), (4, true));
    assert_eq!((moved.turns.len(), moved.messages().len()), (1, 6), "turns are the run's, messages the conversation's");

    let requests = model.requests();
    let (before, after) = (&requests[1].body["messages"], &requests[2].body["messages"]);
    let before = before.as_array().unwrap();
    assert_eq!(&after.as_array().unwrap()[..before.len()], before, "verbatim, with one system prompt");
    assert_eq!(after[before.len()], json!({ "role": "assistant", "content": "1500" }));
    assert_eq!(after[before.len() + 1], json!({ "role": "user", "content": "Move it." }));
}

/// A run that ends without an answer leaves messages that a provider accepts.
#[tokio::test]
async fn an_unfinished_conversation_is_continued() {
    let replies = [Reply::calls(&[("a", "{}")]), Reply::calls(&[("b", "{}")]), Reply::text("done")];
    let model = ModelServer::start(replies).await;
    let agent = Agent::new(model.provider()).mcp_server(calling(r#"case $line in *'"a"'*) text 1 ;; esac"#));
    let stopped = agent.run("go").max_turns(1).await.unwrap();
    assert_eq!(stopped.error, Some(StopReason::MaxTurns { limit: 1 }));
    assert_eq!(roles(stopped.messages()), ["user", "assistant", "tool"]);

    // The call of `b` is never answered: neither it nor what asked for it is among the messages.
    let limit = Duration::from_millis(300);
    let hung = agent.run("go on").messages(stopped.messages().to_vec()).timeout(limit).await.unwrap();
    assert_eq!(hung.error, Some(StopReason::TimeLimit { limit }));
    assert_eq!(roles(hung.messages()), ["user", "assistant", "tool", "user"]);
    let done = agent.run("finish").continue_from(&hung).await.unwrap();
    assert!(done.success && done.session_context_count() == 4);
    let last = model.requests().pop().unwrap();
    assert_eq!(last.body["messages"].as_array().unwrap().len(), 5);
}

/// Another provider gets the message in the common form, not what only the first can read.
#[cfg(feature = "testing")]
#[tokio::test]
async fn another_provider_continues() {
    use aitest_agent::Provider;
    use aitest_agent::testing::{Reply as Says, ScriptedModel};

    let signed = json!({ "role": "assistant", "content": "4", "reasoning_signature": "c2lnbmVk" });
    let first = ModelServer::start([Reply::message(&signed, "stop")]).await;
    let sum = Agent::new(first.provider()).run("2 + 2?").await.unwrap();
    Agent::new(first.provider()).run("plus 1?").continue_from(&sum).await.unwrap();
    assert_eq!(first.requests()[1].body["messages"][1], signed, "of the same provider: verbatim");

    let model = ScriptedModel::named("s").otherwise([Says::text("5")]);
    let other = Agent::new(Provider::scripted(model)).run("plus 1?").continue_from(&sum).await.unwrap();
    let Message::Assistant(message) = &other.messages()[1] else { panic!("{:?}", other.messages()) };
    assert_eq!((message.text.as_str(), message.raw.is_none()), ("4", true));
}
