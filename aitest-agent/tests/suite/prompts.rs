//! System prompts and prompts in files.

use aitest_agent::{
    Agent, Folder, LoadErrorKind, load_prompt, load_prompt_file, load_prompt_files, load_prompts, load_system_prompts,
};
use serde_json::{Value, json};

use crate::fixtures::{files, folder, said, said_in};
use crate::http::{ModelServer, Reply};

#[test]
fn a_system_prompt_in_yaml() {
    let prompt = load_prompt(files("prompts/concise.yaml")).unwrap();
    assert_eq!(prompt.name, "concise");
    assert_eq!(prompt.version.as_deref(), Some("1.0"), "as it is written");
    assert_eq!(prompt.description.as_deref(), Some("Answers in one sentence."));
    assert_eq!(prompt.text, "You are a bank teller.\nAnswer in one sentence.");
    assert_eq!(Value::Object(prompt.metadata), json!({ "owner": "retail", "team": "frontline" }));
    assert_eq!(prompt.path, files("prompts/concise.yaml"));
}

#[test]
fn folders_of_system_prompts() {
    let names = |prompts: Vec<aitest_agent::SystemPrompt>| prompts.into_iter().map(|prompt| prompt.name);
    let yaml = load_prompts(files("prompts")).unwrap();
    assert_eq!(names(yaml).collect::<Vec<_>>(), ["concise", "thorough"]);
    let all = load_system_prompts(files("prompts")).unwrap();
    assert_eq!(all[1].text, "You are a bank teller. Be friendly.");
    assert_eq!((all[2].version.as_deref(), all[2].description.as_deref()), (Some("2"), Some("Never guesses.")));
    assert_eq!(names(all).collect::<Vec<_>>(), ["concise", "friendly", "strict", "thorough"]);
    let some = load_system_prompts(Folder::new(files("prompts")).include("*.md").exclude("f*")).unwrap();
    assert_eq!(names(some).collect::<Vec<_>>(), ["strict"]);
    assert_eq!(said(load_prompts(files("skills"))), "~/skills: no `.yaml` or `.yml` file is in this folder");
    let none = said(load_system_prompts(Folder::new(files("prompts")).exclude("*")));
    assert_eq!(none, "~/prompts: no `.md`, `.yaml` or `.yml` file is in this folder");
}

#[test]
fn what_is_no_system_prompt() {
    for (text, rule) in [
        ("system_prompt: a", "~/a.yaml:1: `name` is missing or empty"),
        ("name: a\n", "~/a.yaml:1: `system_prompt` is missing or empty"),
        ("name: a\nsystem_prompt:\n- b", "~/a.yaml:3: `system_prompt` must be a text, and it is a list"),
        ("name: a\nversion: {}\nsystem_prompt: b", "~/a.yaml:2: `version` must be a text, and it is a map"),
        ("You are a teller.", "~/a.yaml:1: there must be keys and values, `key: value`, and there is a plain value"),
        ("", "~/a.yaml:1: `name` is missing or empty"),
        ("name: a\nname: b", "~/a.yaml:2: `name` is there twice: first in line 1"),
    ] {
        let folder = folder(&[("a.yaml", text)]);
        assert_eq!(said_in(&folder, load_prompt(folder.path().join("a.yaml"))), rule);
    }
    let empty = folder(&[("a.md", "---\nname: a\n---\n")]);
    assert_eq!(said_in(&empty, load_system_prompts(empty.path())), "~/a.md: there is no text for the model");
    let wrong = folder(&[("a.md", "---\nname: [a]\n---\nText")]);
    let rule = "~/a.md:2: `name` must be a text, and it is a list";
    assert_eq!(said_in(&wrong, load_system_prompts(wrong.path())), rule);
    let twice = folder(&[("a.md", "Text"), ("b.yaml", "name: a\nsystem_prompt: b")]);
    assert_eq!(said_in(&twice, load_system_prompts(twice.path())), "~/b.yaml: `a` is the name in ~/a.md too");
    assert_eq!(load_system_prompts(twice.path()).unwrap_err().kind(), LoadErrorKind::Duplicate);
}

#[tokio::test]
async fn its_name_is_part_of_the_agents() {
    let model = ModelServer::start([Reply::text("done")]).await;
    let concise = load_prompt(files("prompts/concise.yaml")).unwrap();
    let skill = aitest_agent::Skill::from_path(files("skills/account-opening")).unwrap();
    let agent = Agent::new(model.provider()).system_prompt(&concise);
    let result = agent.run("go").await.unwrap();
    assert_eq!(result.effective_system_prompt(), Some(concise.text.as_str()));
    assert!(result.agent_name.ends_with("m with concise"), "{}", result.agent_name);
    let result = agent.clone().skill(skill).run("go").await.unwrap();
    assert!(result.agent_name.ends_with("m with concise, account-opening"), "{}", result.agent_name);
    let result = agent.system_prompt("Another.").run("go").await.unwrap();
    assert!(!result.agent_name.contains("with"), "{}", result.agent_name);
}

#[test]
fn a_prompt_file_of_each_kind() {
    let review = load_prompt_file(files("project/.github/prompts/review.prompt.md")).unwrap();
    assert_eq!((review.name.as_str(), review.description.as_deref()), ("review", Some("Review a transfer")));
    assert_eq!(review.text, "Review the transfer of the user and say what is wrong with it.");
    let tools = json!(["search/codebase", "githubRepo"]);
    let expected = json!({ "agent": "agent", "model": "GPT-4o", "tools": tools, "argument-hint": "the transfer" });
    assert_eq!(Value::Object(review.metadata), expected);

    let transfer = load_prompt_file(files("project/.claude/commands/transfer.md")).unwrap();
    assert_eq!((transfer.name.as_str(), transfer.description.as_deref()), ("transfer", Some("Transfer money")));
    let close = load_prompt_file(files("project/.claude/commands/bank/close.md")).unwrap();
    assert_eq!((close.name.as_str(), close.description), ("bank:close", None));
}

#[test]
fn arguments_of_a_command() {
    let transfer = load_prompt_file(files("project/.claude/commands/transfer.md")).unwrap();
    let filled = transfer.with_arguments("200 savings today");
    assert_eq!(filled, "Transfer $200 to savings. All that was said: 200 savings today.");
    assert_eq!(transfer.with_arguments(""), "Transfer $ to . All that was said: .");
    let folder = folder(&[("a.prompt.md", "$ARGUMENTS $0 $10 $x $")]);
    let prompt = load_prompt_file(folder.path().join("a.prompt.md")).unwrap();
    assert_eq!(prompt.with_arguments("$2 b"), "$2 b $0 $20 $x $", "an argument is not filled again");
}

#[test]
fn folders_of_prompt_files() {
    let names = |folder: Folder| {
        let prompts = load_prompt_files(folder).unwrap();
        prompts.into_iter().map(|prompt| prompt.name).collect::<Vec<_>>()
    };
    let project = || Folder::new(files("project"));
    assert_eq!(names(project()), ["bank:close", "transfer", "review"]);
    assert_eq!(names(files("project/.claude/commands").into()), ["bank:close", "transfer"]);
    assert_eq!(names(project().exclude(".claude")), ["review"]);
    let rule = "~/skills: no `.prompt.md` file, and no `.md` file below `commands` is in this folder";
    assert_eq!(said(load_prompt_files(files("skills"))), rule);
    let twice = folder(&[("a.prompt.md", "Text"), ("commands/a.md", "Text")]);
    assert_eq!(
        said_in(&twice, load_prompt_files(twice.path())),
        "~/commands/a.md: `a` is the name in ~/a.prompt.md too"
    );
}

#[test]
fn what_is_no_prompt_file() {
    for (text, rule) in [
        ("", "~/a.prompt.md: there is no text for the model"),
        ("---\ndescription: d\n---\n", "~/a.prompt.md: there is no text for the model"),
        ("---\ndescription: [d]\n---\nText", "~/a.prompt.md:2: `description` must be a text, and it is a list"),
        ("---\ndescription: d\nText", "~/a.prompt.md:1: the front matter has no end: add a line `---` below it"),
    ] {
        let folder = folder(&[("a.prompt.md", text)]);
        assert_eq!(said_in(&folder, load_prompt_file(folder.path().join("a.prompt.md"))), rule);
    }
}
