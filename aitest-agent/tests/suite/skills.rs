//! Agent Skills: what is read, what the model is given, and what breaks a rule.

use std::fs;

use aitest_agent::{Agent, Folder, LoadErrorKind, Skill, SkillReference, load_skills};
use serde_json::{Value, json};

use crate::fixtures::files;
use crate::http::{ModelServer, Reply};
use crate::server::calling;

fn skill(name: &str) -> Skill {
    Skill::from_path(files("skills").join(name)).unwrap()
}

/// A skill named `s` in a folder of its own, with this `SKILL.md`.
fn written(text: impl AsRef<[u8]>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("s")).unwrap();
    fs::write(folder.path().join("s/SKILL.md"), text).unwrap();
    folder
}

/// What `s` in `folder` breaks, without the folder's path.
fn broken(folder: &tempfile::TempDir) -> String {
    let error = Skill::from_path(folder.path().join("s")).unwrap_err();
    error.to_string().replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn all_that_the_specification_names() {
    let skill = skill("money-transfers");
    assert_eq!(skill.name, "money-transfers");
    assert!(skill.description.starts_with("Moves money between accounts."), "{}", skill.description);
    assert_eq!(skill.license.as_deref(), Some("Apache-2.0"));
    assert_eq!(skill.compatibility.as_deref(), Some("Requires the bank's MCP server"));
    assert_eq!(skill.allowed_tools, ["Bash(git:*)", "Read"]);
    assert_eq!(Value::Object(skill.metadata), json!({ "author": "example-bank", "version": "1.2" }));
    assert_eq!(skill.path, files("skills/money-transfers"));
    assert!(skill.instructions.starts_with("# Money transfers\n\n1."), "{}", skill.instructions);
    let name = |reference: &SkillReference| (reference.name.clone(), reference.text.is_some());
    let references = skill.references.iter().map(name).collect::<Vec<_>>();
    let expected = [("form.png", false), ("limits.md", true), ("rules/fees.md", true)];
    assert_eq!(references, expected.map(|(name, is_text)| (name.to_owned(), is_text)));
}

#[test]
fn keys_of_other_hosts_are_metadata() {
    let skill = Skill::from_path(files("skills/account-opening/SKILL.md")).unwrap();
    assert_eq!(skill.description, "Opens accounts. Use when someone wants an account.");
    let expected = json!({ "version": 2.0, "tags": ["bank", "accounts"], "disable-model-invocation": true });
    assert_eq!(Value::Object(skill.metadata), expected);
    assert_eq!(skill.allowed_tools, ["Bash(jq:*)", "Read"]);
    assert!(skill.references.is_empty());
}

#[test]
fn a_folder_of_skills_narrowed() {
    let names = |folder: Folder| load_skills(folder).unwrap().into_iter().map(|skill| skill.name).collect::<Vec<_>>();
    let folder = || Folder::new(files("skills"));
    assert_eq!(names(folder()), ["account-opening", "card-blocking", "money-transfers"]);
    assert_eq!(names(folder().include("{card,money}-*/SKILL.md")), ["card-blocking", "money-transfers"]);
    assert_eq!(names(folder().exclude("account-*").exclude("**/card-*")), ["money-transfers"]);
    let message = |folder: Folder| {
        let message = load_skills(folder).unwrap_err().to_string();
        message.replace(&files("").display().to_string(), "~/")
    };
    assert_eq!(message(folder().exclude("**")), "~/skills: no `SKILL.md` is in this folder");
    let wrong = message(folder().include("{a"));
    assert!(wrong.starts_with("~/skills: `{a` is no pattern: "), "{wrong}");
    assert!(message(Folder::new(files("none"))).starts_with("~/none: it cannot be read: No such file"));
}

#[test]
fn two_skills_of_one_name_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for version in ["v1", "v2"] {
        fs::create_dir_all(folder.path().join(version).join("s")).unwrap();
        let file = folder.path().join(version).join("s/SKILL.md");
        fs::write(file, "---\nname: s\ndescription: d\n---\nText").unwrap();
    }
    let error = load_skills(folder.path()).unwrap_err();
    let message = error.to_string().replace(&folder.path().display().to_string(), "~");
    assert_eq!(message, "~/v2/s: `s` is the name in ~/v1/s too");
    assert_eq!(error.kind(), LoadErrorKind::Duplicate);
    assert_eq!(load_skills(Folder::new(folder.path()).exclude("v1")).unwrap().len(), 1);
}

#[test]
fn errors_name_file_line_and_rule() {
    for (name, rule) in [
        ("no-front-matter", "/SKILL.md:1: it must begin with front matter: YAML between two `---`"),
        ("no-end", "/SKILL.md:1: the front matter has no end: add a line `---` below it"),
        ("no-name", "/SKILL.md:1: `name` is missing or empty"),
        ("no-description", "/SKILL.md:1: `description` is missing or empty"),
        ("no-text", "/SKILL.md: there is no text below the front matter: it is what the skill tells the model"),
        (
            "upper-case",
            "/SKILL.md:2: `name` may hold lowercase letters, digits and hyphens, and it is `PDF-Processing`",
        ),
        (
            "hyphen-first",
            "/SKILL.md:3: `name` may not begin or end with a hyphen, nor hold two in a row, and it is `-pdf`",
        ),
        (
            "two-hyphens",
            "/SKILL.md:2: `name` may not begin or end with a hyphen, nor hold two in a row, and it is `pdf--processing`",
        ),
        ("other-folder", "/SKILL.md:2: `name` must be that of the folder, `other-folder`, and it is `another-name`"),
        ("wrong-type", "/SKILL.md:4: `description` must be a text, and it is a list"),
        ("wrong-metadata", "/SKILL.md:4: `metadata` must be a map of keys and values, and it is a plain value"),
        ("twice", "/SKILL.md:4: `name` is there twice: first in line 2"),
        ("no-yaml", "/SKILL.md:3: this is no YAML: "),
        ("colon", "/SKILL.md:3: this is no YAML: "),
        ("not-there", ": the skill's folder cannot be read: No such file or directory (os error 2)"),
    ] {
        let path = files("invalid-skills").join(name);
        let error = Skill::from_path(&path).unwrap_err();
        let message = error.to_string().replace(&path.display().to_string(), "");
        match rule.ends_with(": ") {
            true => assert!(message.starts_with(rule), "{name}: {message}"),
            false => assert_eq!(message, rule, "{name}"),
        }
        assert!(error.path().starts_with(&path));
    }
    let empty = tempfile::tempdir().unwrap();
    let message = Skill::from_path(empty.path()).unwrap_err().to_string();
    assert!(message.ends_with(": a skill's folder has a `SKILL.md`"), "{message}");
}

#[test]
fn lengths_are_limited() {
    let of = |name: &str, description: &str| format!("---\nname: {name}\ndescription: {description}\n---\nText");
    let (just, long) = ("ü".repeat(1024), "ü".repeat(1025));
    assert_eq!(Skill::from_path(written(of("s", &just)).path().join("s")).unwrap().description, just);
    let rule = "s/SKILL.md:3: `description` may have 1024 characters at most, and it has 1025";
    assert_eq!(broken(&written(of("s", &long))), rule);
    let rule = "s/SKILL.md:2: `name` may have 64 characters at most, and it has 65";
    assert_eq!(broken(&written(of(&"s".repeat(65), "d"))), rule);
    let needs = format!("---\nname: s\ndescription: d\ncompatibility: {}\n---\nText", "x".repeat(501));
    let rule = "s/SKILL.md:4: `compatibility` may have 500 characters at most, and it has 501";
    assert_eq!(broken(&written(needs)), rule);
}

#[test]
fn bytes_that_are_no_skill() {
    let front = format!("---\nname: s\ndescription: d\nx: {}\n---\nText", "x".repeat(1_000_000));
    assert_eq!(broken(&written(front)), "s/SKILL.md:1: the front matter is longer than 64 KiB");
    let long = format!("---\nname: s\ndescription: d\n---\n{}", "x".repeat(1 << 20));
    assert_eq!(broken(&written(long)), "s/SKILL.md: it is longer than 1 MiB");
    let latin = b"---\nname: s\ndescription: d\n---\n\nGr\xfc\xdfe";
    assert_eq!(broken(&written(latin)), "s/SKILL.md:6: it is not UTF-8 here: save it as UTF-8");
    assert_eq!(broken(&written(b"\xff\xfe-\0-\0")), "s/SKILL.md: it is UTF-16: save it as UTF-8");
    let mut bomb = "---\nname: s\ndescription: d\na: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (name, inner) in "bcdefgh".chars().zip("abcdefg".chars()) {
        bomb += &format!("{name}: &{name} [{}]\n", [format!("*{inner}").as_str(); 10].join(","));
    }
    let rule = "s/SKILL.md:8: aliases copy more than 1 MiB: write out what is meant";
    assert_eq!(broken(&written(bomb + "---\nText")), rule);
    let folder = written("");
    fs::remove_file(folder.path().join("s/SKILL.md")).unwrap();
    fs::create_dir(folder.path().join("s/SKILL.md")).unwrap();
    assert_eq!(broken(&folder), "s/SKILL.md: it cannot be read: it is no file");
}

#[test]
fn a_byte_order_mark_and_crlf_change_nothing() {
    let plain = written("---\nname: s\ndescription: d\n---\n\nOne.\nTwo.\n");
    let windows = written("\u{feff}---\r\nname: s\r\ndescription: d\r\n---\r\n\r\nOne.\r\nTwo.\r\n");
    let (plain, windows) = (load(&plain), load(&windows));
    assert_eq!(windows.instructions, "One.\nTwo.");
    assert_eq!((windows.instructions, windows.description), (plain.instructions, plain.description));
}

fn load(folder: &tempfile::TempDir) -> Skill {
    Skill::from_path(folder.path().join("s")).unwrap()
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_folder() {
    use std::os::unix::fs::symlink;

    let folder = written("---\nname: s\ndescription: d\n---\nText");
    let (skill, secret) = (folder.path().join("s"), folder.path().join("secret.md"));
    fs::write(&secret, "secret").unwrap();
    fs::create_dir_all(skill.join("references/deep")).unwrap();
    fs::write(skill.join("notes.md"), "inside").unwrap();
    symlink("../notes.md", skill.join("references/notes.md")).unwrap();
    symlink("..", skill.join("references/deep/circle")).unwrap();
    assert_eq!(load(&folder).references[0].text.as_deref(), Some("inside"));

    symlink(&secret, skill.join("references/out.md")).unwrap();
    assert_eq!(broken(&folder), "s/references/out.md: this link leads out of the folder");
    fs::remove_file(skill.join("references/out.md")).unwrap();
    symlink("/nowhere", skill.join("references/broken.md")).unwrap();
    assert!(broken(&folder).starts_with("s/references/broken.md: it cannot be read: "), "{}", broken(&folder));
    fs::remove_dir_all(skill.join("references")).unwrap();
    symlink(folder.path(), skill.join("references")).unwrap();
    assert_eq!(broken(&folder), "s/references: this link leads out of the folder");
    fs::remove_file(skill.join("references")).unwrap();
    fs::remove_file(skill.join("SKILL.md")).unwrap();
    symlink(&secret, skill.join("SKILL.md")).unwrap();
    assert_eq!(broken(&folder), "s/SKILL.md: this link leads out of the folder");
}

/// A pipe that nobody writes to would be read for ever.
#[cfg(unix)]
#[test]
fn a_reference_is_a_regular_file() {
    let folder = written("---\nname: s\ndescription: d\n---\nText");
    let pipe = folder.path().join("s/references/pipe");
    fs::create_dir(pipe.parent().unwrap()).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    let (said, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || said.send(broken(&folder)));
    let message = heard.recv_timeout(std::time::Duration::from_secs(20)).expect("the loader goes on");
    assert_eq!(message, "s/references/pipe: it cannot be read: it is no file");
}

#[cfg(unix)]
#[test]
fn a_skill_behind_a_link_has_either_name() {
    let folder = written("---\nname: s\ndescription: d\n---\nText");
    std::os::unix::fs::symlink(folder.path().join("s"), folder.path().join("alias")).unwrap();
    assert_eq!(Skill::from_path(folder.path().join("alias")).unwrap().name, "s");
}

/// What the model was sent in each request, and the result.
async fn run(agent: impl FnOnce(Agent) -> Agent, replies: Vec<Reply>) -> (Vec<Value>, aitest_agent::AgentResult) {
    let model = ModelServer::start(replies).await;
    let result = agent(Agent::new(model.provider())).run("go").await.unwrap();
    (model.requests().into_iter().map(|request| request.body).collect(), result)
}

#[tokio::test]
async fn its_text_stands_in_the_system_prompt() {
    let agent = |agent: Agent| agent.system_prompt("You are a teller.").skill(skill("account-opening"));
    let (requests, result) = run(agent, vec![Reply::text("done")]).await;
    let system = "You are a teller.\n\nInstructions of the skill `account-opening`:\nAsk for the name first.";
    assert_eq!(requests[0]["messages"][0], json!({ "role": "system", "content": system }));
    assert_eq!(requests[0]["tools"], Value::Null, "there are no references");
    assert_eq!(result.effective_system_prompt(), Some(system));
    assert_eq!(result.skill_info().map(|skill| skill.name.as_str()).collect::<Vec<_>>(), ["account-opening"]);
    assert!(result.agent_name.ends_with(" with account-opening"), "{}", result.agent_name);

    let (requests, result) =
        run(|agent| agent.skill(skill("account-opening")).named("mine"), vec![Reply::text("")]).await;
    let alone = &requests[0]["messages"][0]["content"];
    assert_eq!(alone, "Instructions of the skill `account-opening`:\nAsk for the name first.");
    assert_eq!(result.agent_name, "mine");
    let (_, result) = run(|agent| agent, vec![Reply::text("done")]).await;
    assert_eq!(result.skill_info().len(), 0);
}

#[tokio::test]
async fn the_model_lists_and_reads_references() {
    let names = ["limits.md", "references/limits.md", "./references/rules/fees.md", "form.png"];
    let escapes = ["../SKILL.md", "/etc/passwd", "references/../../../Cargo.toml", "rules/../limits.md"];
    let asked = names.iter().chain(&escapes).map(|name| json!({ "filename": name }).to_string()).collect::<Vec<_>>();
    let mut calls = vec![("list_skill_references", "{}"), ("read_skill_reference", "{}")];
    calls.extend(asked.iter().map(|arguments| ("read_skill_reference", arguments.as_str())));
    let replies = vec![Reply::calls(&calls), Reply::text("done")];
    let (requests, result) = run(|agent| agent.skill(skill("money-transfers")), replies).await;
    let offered = requests[0]["tools"].as_array().unwrap().iter().map(|tool| &tool["function"]["name"]);
    assert_eq!(offered.collect::<Vec<_>>(), ["list_skill_references", "read_skill_reference"]);
    let answered = result.tool_calls().map(|call| call.result.as_deref().ok_or_else(|| call.error.as_deref().unwrap()));
    let answered = answered.collect::<Vec<_>>();
    let list = "form.png (no text)\nlimits.md\nrules/fees.md\n";
    assert_eq!(answered[..2], [Ok(list), Err("the argument `filename` must be a string")]);
    let limits = "# Limits\n\nUp to $5,000 a day.\n";
    let no_text = "`form.png` is no text, or longer than 1 MiB";
    assert_eq!(answered[2..6], [Ok(limits), Ok(limits), Ok("Fees: none.\n"), Err(no_text)]);
    for (name, answer) in escapes.iter().zip(&answered[6..]) {
        assert_eq!(*answer, Err(format!("there is no reference `{name}`; there are:\n{list}").as_str()));
    }
    assert!(result.tool_calls().all(|call| call.server.as_deref() == Some("money-transfers")));
}

#[tokio::test]
async fn references_are_offered_beside_allowed_tools() {
    let bank = |agent: Agent| agent.mcp_server(calling("reply '{}'")).allowed_tools(["a"]);
    let names = |requests: &[Value]| {
        let tools = requests[0]["tools"].as_array().unwrap().iter();
        tools.map(|tool| tool["function"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let both = |agent: Agent| bank(agent).skills([skill("money-transfers"), skill("card-blocking")]);
    let (requests, _) = run(both, vec![Reply::text("done")]).await;
    let expected = [
        "a",
        "money-transfers_list_skill_references",
        "money-transfers_read_skill_reference",
        "card-blocking_list_skill_references",
        "card-blocking_read_skill_reference",
    ];
    assert_eq!(names(&requests), expected);
}
