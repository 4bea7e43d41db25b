//! Plugins, and what projects have for coding agents.

use std::fs;

use aitest_agent::{Agent, Hook, LoadErrorKind, McpServer, Plugin, load_plugin};
use serde_json::{Value, json};

use crate::fixtures::{files, folder, said, said_in};
use crate::http::{ModelServer, Reply};
use crate::server::shell;

/// Names of all parts, kind by kind.
fn parts(plugin: &Plugin) -> Value {
    json!({
        "instructions": plugin.instructions.iter().map(|file| &file.name).collect::<Vec<_>>(),
        "agents": plugin.agents.iter().map(|agent| &agent.name).collect::<Vec<_>>(),
        "skills": plugin.skills.iter().map(|skill| &skill.name).collect::<Vec<_>>(),
        "prompts": plugin.prompts.iter().map(|prompt| &prompt.name).collect::<Vec<_>>(),
        "hooks": plugin.hooks.iter().map(|Hook { event, matcher, action, .. }| json!([event, matcher, action])).collect::<Vec<_>>(),
    })
}

#[test]
fn a_plugin_of_claude_code() {
    let folder = files("plugins/banking");
    let plugin = load_plugin(&folder).unwrap();
    assert_eq!((plugin.name.as_str(), plugin.version.as_deref()), ("banking", Some("2.1.0")));
    assert_eq!(plugin.description.as_deref(), Some("Accounts and transfers"));
    let author = json!({ "name": "Retail Team", "email": "retail@example.com" });
    assert_eq!(
        Value::Object(plugin.metadata.clone()),
        json!({ "author": author, "license": "MIT", "keywords": ["bank"] })
    );
    let touch = "touch ${CLAUDE_PLUGIN_ROOT}/ran";
    let expected = json!({
        "instructions": ["AGENTS"],
        "agents": ["teller", "auditor"],
        "skills": ["statements"],
        "prompts": ["statement"],
        "hooks": [["PostToolUse", "Write|Edit", touch], ["SessionStart", null, touch], ["PreToolUse", "Write", touch]],
    });
    assert_eq!(parts(&plugin), expected);
    assert_eq!(plugin.agent("auditor").unwrap().text, "You are an auditor.");
    let root = folder.display();
    let servers = [
        McpServer::http("http://127.0.0.1:1/mcp").named("rates"),
        McpServer::stdio(format!("{root}/servers/ledger"))
            .args(["--db".to_owned(), format!("{root}/ledger.db")])
            .named("ledger"),
    ];
    assert_eq!(format!("{:?}", plugin.mcp_servers), format!("{servers:?}"));
}

#[test]
fn a_plugin_of_github_copilot() {
    let plugin = load_plugin(files("plugins/copilot")).unwrap();
    assert_eq!((plugin.name.as_str(), plugin.version.as_deref()), ("my-dev-tools", Some("1.2.0")));
    let expected = json!({
        "instructions": [],
        "agents": ["helper"],
        "skills": ["deploy"],
        "prompts": [],
        "hooks": [["sessionStart", null, "./start.sh"]],
    });
    assert_eq!(parts(&plugin), expected);
    assert_eq!(format!("{:?}", plugin.mcp_servers), format!("{:?}", [McpServer::stdio("docs-mcp").named("docs")]));
}

#[test]
fn a_project_and_its_folders() {
    let plugin = load_plugin(files("project")).unwrap();
    assert_eq!((plugin.name.as_str(), plugin.version.as_deref()), ("project", None));
    let expected = json!({
        "instructions": ["copilot-instructions", "Style of letters", "rust", "AGENTS", "CLAUDE"],
        "agents": ["plain", "teller", "cashier"],
        "skills": ["rates", "interest"],
        "prompts": ["review", "bank:close", "transfer"],
        "hooks": [["preToolUse", "Shell", "./check.sh"], ["Stop", null, "Is all done?"]],
    });
    assert_eq!(parts(&plugin), expected);
    assert_eq!(plugin.mcp_servers.len(), 1);
    let names = |folder: &str| parts(&load_plugin(files(folder)).unwrap())["agents"].clone();
    assert_eq!(names("project/.github"), json!(["plain", "teller"]));
    assert_eq!(names("project/.claude"), json!(["cashier"]));
}

#[test]
fn what_is_no_plugin() {
    let of = |files: &[(&str, &str)]| {
        let folder = folder(files);
        said_in(&folder, load_plugin(folder.path()))
    };
    let manifests = ".plugin/plugin.json, plugin.json, .github/plugin/plugin.json, .claude-plugin/plugin.json";
    let rule = format!("~: this is no plugin: there is neither a manifest ({manifests}) nor `.github` or `.claude`");
    assert_eq!(of(&[("README.md", "")]), rule);
    for (manifest, rule) in [
        ("{}", "1: `name` is missing or empty"),
        ("[]", "1: there must be keys and values, `key: value`, and there is a list"),
        ("{\n\"name\": 1}", "2: `name` must be a text, and it is a plain value"),
        (
            "{\n\"name\": \"my plugin\"}",
            "2: `name` may have 64 letters, digits and hyphens in between at most, and it is `my plugin`",
        ),
        ("{\"name\": \"p\",\n\"agents\": {}}", "2: `agents` must be a text, and it is a map"),
        ("{\"name\": \"p\",\n\"agents\": \"./none\"}", "2: there is no `./none` in the plugin's folder"),
        ("{\"name\": \"p\",\n\"skills\": [\"a\",\n\"../skills\"]}", "2: there is no `a` in the plugin's folder"),
        (
            "{\"name\": \"p\",\n\"skills\": [\n\"../skills\"]}",
            "3: `../skills` must be a path below the plugin's folder, without `..`",
        ),
        (
            "{\"name\": \"p\",\n\"commands\": \"/etc\"}",
            "2: `/etc` must be a path below the plugin's folder, without `..`",
        ),
        ("{\"name\": \"p\",\n\"hooks\": 1}", "2: `hooks` must be a path or a map, and it is a plain value"),
        ("{\"name\": \"p\",\n\"hooks\": {\"Stop\":\n{}}}", "3: `Stop` must be a list of hooks, and it is a map"),
        ("{\"name\": \"p\",\n\"hooks\": {\"Stop\": [\n{}]}}", "3: `command` is missing or empty"),
        ("{\"name\": \"p\",\n\"mcpServers\": {\n\"s\": {}}}", "3: server `s`: `command` is missing"),
        ("{\"name\": \"p\",}", "1: this is no JSON: key must be a string"),
    ] {
        assert_eq!(of(&[("plugin.json", manifest)]), format!("~/plugin.json:{rule}"));
    }
}

#[test]
fn what_is_wrong_in_a_part_is_said_of_its_file() {
    let of = |name: &str, text: &str| {
        let folder = folder(&[("plugin.json", "{\"name\": \"p\"}"), (name, text)]);
        said_in(&folder, load_plugin(folder.path()))
    };
    let rule = "~/agents/a.md:1: a subagent of Claude Code begins with front matter that has `name` and `description`";
    assert_eq!(of("agents/a.md", "Text"), rule);
    let rule = "~/skills/s/SKILL.md:1: it must begin with front matter: YAML between two `---`";
    assert_eq!(of("skills/s/SKILL.md", "Text"), rule);
    assert_eq!(of("commands/c.md", ""), "~/commands/c.md: there is no text for the model");
    let rule = "~/.mcp.json:2: server `s`: `type` is `ws`; known are stdio, http and sse";
    assert_eq!(of(".mcp.json", "{\"mcpServers\": {\n\"s\": {\"type\": \"ws\"}}}"), rule);
    let rule = "~/.mcp.json:1: there must be servers by their names, and there is a list";
    assert_eq!(of(".mcp.json", "[]"), rule);
    assert_eq!(
        of("hooks.json", "{\"hooks\": [\n]}"),
        "~/hooks.json:1: there must be keys and values, `key: value`, and there is a list"
    );
    let agent = "---\nname: a\ndescription: d\n---\nText";
    let twice = folder(&[("plugin.json", "{\"name\": \"p\"}"), ("agents/a.md", agent), ("agents/b.md", agent)]);
    assert_eq!(said_in(&twice, load_plugin(twice.path())), "~/agents/b.md: `a` is the name in ~/agents/a.md too");
    let message = said(load_plugin(files("none")));
    assert!(message.starts_with("~/none: the plugin's folder cannot be read: No such file"), "{message}");
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_a_plugin() {
    let outside = folder(&[("a.md", "---\nname: a\ndescription: d\n---\nText")]);
    let plugin = folder(&[("plugin.json", "{\"name\": \"p\", \"agents\": \"more\"}"), ("agents/b.md", "")]);
    std::os::unix::fs::symlink(outside.path(), plugin.path().join("more")).unwrap();
    let error = load_plugin(plugin.path()).unwrap_err();
    assert_eq!(error.kind(), LoadErrorKind::OutsideFolder);
    assert_eq!(said_in(&plugin, Err::<(), _>(error)), "~/plugin.json:1: `more` leads out of the plugin's folder");
    fs::write(plugin.path().join("plugin.json"), "{\"name\": \"p\"}").unwrap();
    fs::remove_dir_all(plugin.path().join("agents")).unwrap();
    std::os::unix::fs::symlink(outside.path(), plugin.path().join("agents")).unwrap();
    assert_eq!(said_in(&plugin, load_plugin(plugin.path())), "~/agents: this link leads out of the folder");
    fs::remove_file(plugin.path().join("agents")).unwrap();
    let manifest = plugin.path().join("plugin.json");
    fs::rename(&manifest, outside.path().join("plugin.json")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("plugin.json"), manifest).unwrap();
    assert_eq!(said_in(&plugin, load_plugin(plugin.path())), "~/plugin.json: this link leads out of the folder");
}

/// Its hooks would leave a file.
#[tokio::test]
async fn an_agent_with_a_plugin_runs_its_servers_and_no_hooks() {
    let server = r#"while read -r line; do id=${line#*\"id\":}; id=${id%%[,\}]*}
        case $line in
            *'"initialize"'*) r='{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}' ;;
            *'"tools/list"'*) r='{"tools":[{"name":"balance","inputSchema":{"type":"object"}}]}' ;;
            *'"tools/call"'*) r='{"content":[{"type":"text","text":"1,500"}]}' ;;
            *) continue ;;
        esac; printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$r"; done"#;
    let hook = r#"{"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "touch ${CLAUDE_PLUGIN_ROOT}/ran"}]}]}}"#;
    let servers = r#"{"mcpServers": {"bank": {"command": "/bin/sh", "args": ["${CLAUDE_PLUGIN_ROOT}/server.sh"]}}}"#;
    let plugin = folder(&[
        ("plugin.json", "{\"name\": \"bank-tools\"}"),
        ("server.sh", server),
        (".mcp.json", servers),
        ("hooks/hooks.json", hook),
        ("CLAUDE.md", "Be brief."),
        ("skills/fees/SKILL.md", "---\nname: fees\ndescription: d\n---\nFees are none."),
    ]);
    let model = ModelServer::start([Reply::calls(&[("balance", "{}")]), Reply::text("done")]).await;
    let agent = Agent::from_plugin(model.provider(), plugin.path()).unwrap();
    let result = agent.run("go").await.unwrap();
    assert_eq!(result.tool_calls().next().unwrap().result.as_deref(), Some("1,500"));
    let system = "Be brief.\n\nInstructions of the skill `fees`:\nFees are none.";
    assert_eq!(result.effective_system_prompt(), Some(system));
    assert!(result.agent_name.ends_with("m with bank-tools, fees"), "{}", result.agent_name);
    assert!(!plugin.path().join("ran").exists());

    let mut banking = load_plugin(files("plugins/banking")).unwrap();
    banking.mcp_servers = vec![shell(server).named("bank")];
    let teller = banking.agent("teller").unwrap();
    let agent = Agent::new(model.provider()).custom_agent(teller).plugin(&banking);
    let result = agent.run("go").await.unwrap();
    assert!(result.effective_system_prompt().unwrap().starts_with("You are a bank teller.\n\n# Bank"));
    assert!(result.agent_name.ends_with("m with teller, statements"), "{}", result.agent_name);
    assert!(!files("plugins/banking/ran").exists());
}
