//! Custom agents of VS Code, GitHub Copilot and Claude Code.

use aitest_agent::{Agent, CustomAgent, Folder, load_custom_agent, load_custom_agents};
use serde_json::{Value, json};

use crate::fixtures::{files, folder, said, said_in};
use crate::http::{ModelServer, Reply};
use crate::server::calling;

fn teller() -> CustomAgent {
    load_custom_agent(files("project/.github/agents/teller.agent.md")).unwrap()
}

fn cashier() -> CustomAgent {
    load_custom_agent(files("project/.claude/agents/cashier.md")).unwrap()
}

fn with_tools(tools: &str) -> CustomAgent {
    let folder = folder(&[("a.agent.md", &format!("---\ntools: {tools}\n---\nText"))]);
    load_custom_agent(folder.path().join("a.agent.md")).unwrap()
}

#[test]
fn the_format_of_vs_code_and_github() {
    let teller = teller();
    assert_eq!(
        (teller.name.as_str(), teller.description.as_deref()),
        ("teller", Some("Answers questions about accounts"))
    );
    assert_eq!(teller.tools.unwrap(), ["read", "fixture/a", "search/codebase"]);
    assert_eq!(teller.text, "You are a bank teller.\n\nAnswer only what the tools say.");
    let handoff =
        json!({ "label": "Move money", "agent": "cashier", "prompt": "Now make the transfer.", "send": false });
    let expected = json!({ "model": "Claude Sonnet 4.5 (copilot)", "handoffs": [handoff] });
    assert_eq!(Value::Object(teller.metadata), expected);
    let plain = load_custom_agent(files("project/.github/agents/plain.md")).unwrap();
    assert_eq!((plain.name.as_str(), plain.description, plain.tools), ("plain", None, None));
}

/// Its description is no YAML, as in many files of this kind.
#[test]
fn the_format_of_claude_code() {
    let cashier = cashier();
    assert_eq!(cashier.name, "cashier");
    let description = "Moves money. Use proactively: example: user asks \"send $200\" → cashier transfers it.";
    assert_eq!(cashier.description.as_deref(), Some(description));
    assert_eq!(cashier.tools.unwrap(), ["Read", "mcp__fixture__b", "Bash(git log:*)"]);
    assert_eq!(Value::Object(cashier.metadata), json!({ "model": "sonnet" }));
}

#[test]
fn folders_of_agents() {
    let names = |folder: Folder| {
        let agents = load_custom_agents(folder).unwrap();
        agents.into_iter().map(|agent| agent.name).collect::<Vec<_>>()
    };
    assert_eq!(names(files("project").into()), ["cashier", "plain", "teller"]);
    assert_eq!(names(files("project/.claude/agents").into()), ["cashier"]);
    assert_eq!(names(Folder::new(files("project")).include("**/*.agent.md")), ["teller"]);
    let rule = "~/skills: no `.agent.md` file, and no `.md` file in a folder `agents` is in this folder";
    assert_eq!(said(load_custom_agents(files("skills"))), rule);
    let twice = folder(&[("a.agent.md", "Text"), ("b.agent.md", "---\nname: a\n---\nText")]);
    assert_eq!(said_in(&twice, load_custom_agents(twice.path())), "~/b.agent.md: `a` is the name in ~/a.agent.md too");
}

#[test]
fn what_is_no_agent() {
    for (name, text, rule) in [
        (
            "a.md",
            "Text",
            "~/a.md:1: a subagent of Claude Code begins with front matter that has `name` and `description`",
        ),
        ("a.md", "---\ndescription: d\n---\nText", "~/a.md:1: `name` is missing or empty"),
        ("a.md", "---\nname: a\n---\nText", "~/a.md:1: `description` is missing or empty"),
        ("a.agent.md", "---\ndescription: d\n---\n", "~/a.agent.md: there is no text for the model"),
        ("a.agent.md", "---\ntools: {a: b}\n---\nText", "~/a.agent.md:2: `tools` must be a text, and it is a map"),
        ("a.agent.md", "---\ntools:\n- [b]\n---\nText", "~/a.agent.md:3: `tools[]` must be a text, and it is a list"),
        (
            "a.agent.md",
            "---\n- a\n---\nText",
            "~/a.agent.md:1: there must be keys and values, `key: value`, and there is a list",
        ),
    ] {
        let folder = folder(&[(name, text)]);
        assert_eq!(said_in(&folder, load_custom_agent(folder.path().join(name))), rule);
    }
}

/// The names of the tools that the model is offered by a server with `a` and `b`, and the transcript's notes.
async fn offered(custom: &CustomAgent) -> (Vec<String>, aitest_agent::AgentResult) {
    let model = ModelServer::start([Reply::text("done")]).await;
    let agent = Agent::new(model.provider()).mcp_server(calling("reply '{}'")).custom_agent(custom);
    let result = agent.run("go").await.unwrap();
    (result.available_tools.iter().map(|tool| tool.name.clone()).collect(), result)
}

#[tokio::test]
async fn its_text_is_the_system_prompt_and_its_tools_are_offered() {
    let (tools, result) = offered(&teller()).await;
    assert_eq!(tools, ["a"]);
    assert_eq!(result.effective_system_prompt(), Some("You are a bank teller.\n\nAnswer only what the tools say."));
    assert!(result.agent_name.ends_with("m with teller"), "{}", result.agent_name);
    assert_eq!(offered(&cashier()).await.0, ["b"]);
    for (tools, expected) in [
        ("[fixture/*]", &["a", "b"][..]),
        ("mcp__fixture", &["a", "b"]),
        ("mcp__fixture__*", &["a", "b"]),
        ("'*'", &["a", "b"]),
        ("[b, Read]", &["b"]),
        ("[other/a]", &[]),
        ("[]", &[]),
    ] {
        assert_eq!(offered(&with_tools(tools)).await.0, expected, "{tools}");
    }
    let plain = load_custom_agent(files("project/.github/agents/plain.md")).unwrap();
    assert_eq!(offered(&plain).await.0, ["a", "b"]);
}

#[tokio::test]
async fn an_agent_of_a_file() {
    let model = ModelServer::start([Reply::text("done")]).await;
    let agent = Agent::from_agent_file(model.provider(), files("project/.claude/agents/cashier.md")).unwrap();
    let result = agent.run("go").await.unwrap();
    assert_eq!(result.effective_system_prompt(), Some("You are a cashier. Read the balance first."));
    let error = Agent::from_agent_file("openai/m", files("project/none.agent.md")).unwrap_err();
    assert!(error.to_string().contains("none.agent.md: it cannot be read: "), "{error}");
}
