//! Files of instructions.

use aitest_agent::{Agent, Folder, InstructionFile, load_instruction_file, load_instruction_files};

use crate::fixtures::{files, folder, said, said_in};
use crate::http::{ModelServer, Reply};

fn load(name: &str) -> InstructionFile {
    load_instruction_file(files("project").join(name)).unwrap()
}

#[test]
fn plain_files_apply_to_everything() {
    for (file, name, text) in [
        ("AGENTS.md", "AGENTS", "# Bank\n\nAmounts are in US dollars."),
        ("CLAUDE.md", "CLAUDE", "# Bank\n\nNever show an account number."),
        (".github/copilot-instructions.md", "copilot-instructions", "Write short sentences."),
    ] {
        let file = load(file);
        assert_eq!((file.name.as_str(), file.text.as_str(), file.description.as_deref()), (name, text, None));
        assert!(file.applies_to("src/lib.rs") && file.applies_to("README.md"));
    }
    let rule = folder(&[("AGENTS.md", "---\nA rule above.\n")]);
    let text = load_instruction_file(rule.path().join("AGENTS.md")).unwrap().text;
    assert_eq!(text, "---\nA rule above.", "this format has no front matter");
}

#[test]
fn files_with_patterns() {
    let rust = load(".github/instructions/rust.instructions.md");
    assert_eq!((rust.name.as_str(), rust.description.as_deref()), ("rust", Some("Rules for Rust")));
    assert_eq!(rust.apply_to, ["**/*.rs", "crates/**/Cargo.{toml,lock}"]);
    for (path, applies) in [
        ("lib.rs", true),
        ("src/lib.rs", true),
        ("crates/a/Cargo.lock", true),
        ("Cargo.toml", false),
        ("src/lib.rs.md", false),
    ] {
        assert_eq!(rust.applies_to(path), applies, "{path}");
    }
    let letters = load(".github/instructions/letters.instructions.md");
    assert_eq!(letters.name, "Style of letters");
    assert!(letters.apply_to.is_empty() && !letters.applies_to("a.md"), "it is given by hand");
}

#[test]
fn folders_of_instructions() {
    let names = |folder: Folder| {
        let files = load_instruction_files(folder).unwrap();
        files.into_iter().map(|file| file.name).collect::<Vec<_>>()
    };
    let all = ["copilot-instructions", "Style of letters", "rust", "AGENTS", "CLAUDE"];
    assert_eq!(names(files("project").into()), all);
    assert_eq!(
        names(Folder::new(files("project")).exclude(".github/instructions").exclude("CLAUDE.md")),
        [all[0], all[3]]
    );
    let rule =
        "~/skills: no `*.instructions.md`, `copilot-instructions.md`, `AGENTS.md` or `CLAUDE.md` is in this folder";
    assert_eq!(said(load_instruction_files(files("skills"))), rule);
}

#[test]
fn what_is_no_file_of_instructions() {
    for (name, text, rule) in [
        ("CLAUDE.md", "\n", "~/CLAUDE.md: there is no text for the model"),
        ("a.instructions.md", "---\napplyTo: '**'\n---\n", "~/a.instructions.md: there is no text for the model"),
        (
            "a.instructions.md",
            "---\napplyTo: ['**/*.rs']\n---\nText",
            "~/a.instructions.md:2: `applyTo` must be a text, and it is a list",
        ),
    ] {
        let folder = folder(&[(name, text)]);
        assert_eq!(said_in(&folder, load_instruction_file(folder.path().join(name))), rule);
    }
    let folder = folder(&[("a.instructions.md", "---\ndescription: d\napplyTo: '**/*.{rs'\n---\nText")]);
    let message = said_in(&folder, load_instruction_files(folder.path()));
    assert!(message.starts_with("~/a.instructions.md:3: `applyTo`: `**/*.{rs` is no pattern: "), "{message}");
}

#[tokio::test]
async fn they_stand_after_the_system_prompt() {
    let model = ModelServer::start([Reply::text("done")]).await;
    let sent = async |agent: Agent| agent.run("go").await.unwrap().effective_system_prompt().map(str::to_owned);
    let agent = Agent::from_instruction_files(model.provider(), files("project")).unwrap();
    let all = "Write short sentences.\n\nInstructions `Style of letters`:\nBe polite.\n\nInstructions `rust` for files that \
               match `**/*.rs, crates/**/Cargo.{toml,lock}`:\nHandle every error.\n\n# Bank\n\nAmounts are in US \
               dollars.\n\n# Bank\n\nNever show an account number.";
    assert_eq!(sent(agent).await.as_deref(), Some(all));
    let mut files = load_instruction_files(files("project/.github")).unwrap();
    files.retain(|file| file.applies_to("web/index.ts"));
    let agent = Agent::new(model.provider()).system_prompt("You are a teller.").instruction_files(&files);
    assert_eq!(sent(agent).await.as_deref(), Some("You are a teller.\n\nWrite short sentences."));
    assert_eq!(sent(Agent::new(model.provider()).instruction_files([])).await, None);
}
