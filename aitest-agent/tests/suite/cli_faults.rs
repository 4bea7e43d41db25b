//! The help of command-line programs, and what cannot be started.

use std::time::Duration;

use aitest_agent::{Agent, CliError, CliErrorKind, CliServer, Shell};
use serde_json::json;

use crate::cli::{sh, told};
use crate::http::{ModelServer, Reply};

async fn failure(server: CliServer) -> (CliErrorKind, String) {
    let model = ModelServer::start([Reply::text("done")]).await;
    let error = Agent::new(model.provider()).cli_server(server).run("go").await.unwrap_err();
    assert!(model.requests().is_empty() && !error.is_transient());
    let message = error.to_string();
    let aitest_agent::AgentError::ToolServer { error, .. } = error else { panic!("{message}") };
    (error.downcast_ref::<CliError>().unwrap().kind(), message)
}

#[tokio::test]
async fn help_is_told_when_that_is_wished() {
    let script = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bank");
        std::fs::write(&file, format!("#!/bin/sh\necho \"$@\" >> {}.log\n{text}\n", file.display())).unwrap();
        std::process::Command::new("chmod").arg("+x").arg(&file).status().unwrap();
        (CliServer::new(file.display().to_string()).tool_prefix("p"), folder)
    };
    let description = async |server: CliServer| {
        let (_, request) = told(server, &json!("x")).await;
        request["tools"][0]["function"]["description"].as_str().unwrap().to_owned()
    };
    let log = |folder: &tempfile::TempDir| std::fs::read_to_string(folder.path().join("bank.log")).unwrap();

    let (server, folder) = script("echo 'Usage: bank'");
    assert!(!description(server.clone()).await.contains("Usage"), "off by default");
    assert_eq!(log(&folder), "x\n");
    let told = description(server.clone().discover_help(true).description("The bank.")).await;
    assert!(told.starts_with("The bank.\n\n`/") && told.ends_with("bank --help` says:\nUsage: bank"), "{told}");
    assert_eq!(log(&folder), "x\n--help\nx\n");
    description(server.discover_help(true).help_flag("help --all")).await;
    assert!(log(&folder).ends_with("help --all\nx\n"));

    let (server, _folder) = script("echo 'usage: on standard error' >&2; exit 2");
    assert!(description(server.discover_help(true)).await.ends_with("says:\nusage: on standard error"));
    let (server, _folder) = script("seq 1 10000");
    let told = description(server.discover_help(true).description("")).await;
    assert_eq!(told.chars().count(), 2_000);
    assert!(told.ends_with("…"));
}

#[tokio::test]
async fn no_help_is_an_error() {
    for (server, why) in [
        (CliServer::new("true").help_flag("x"), "printed nothing (exit code 0)"),
        (CliServer::new("sleep").help_flag("1000").timeout(Duration::from_millis(100)), "did not end within 0.1 s"),
        (CliServer::new("true").help_flag("a\0b"), "cannot be asked: `args` holds a NUL character"),
        (CliServer::new("true").help_flag("; exit 127"), "ended with exit code 127"),
    ] {
        let (kind, message) = failure(server.shell(Shell::Sh).named("bank").discover_help(true)).await;
        assert!(kind == CliErrorKind::NoHelp && message.contains(why), "{message}");
        let remedy = "name another flag by `.help_flag(..)`, or discover no help";
        assert!(message.starts_with("tool server `bank`: `") && message.ends_with(remedy), "{message}");
    }
}

#[tokio::test]
async fn what_cannot_be_started_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "echo").unwrap();
    let plain = plain.display().to_string();
    let not_found = CliErrorKind::CommandNotFound;
    for (server, kind, expected) in [
        (
            CliServer::new("no-such-bank"),
            not_found,
            "tool server `no-such-bank`: command `no-such-bank` not found: it is neither a binary of this package \
             (NEXTEST_BIN_EXE_no-such-bank, CARGO_BIN_EXE_no-such-bank) nor on PATH, or it is not executable"
                .to_owned(),
        ),
        (
            CliServer::new(&plain).named("bank"),
            not_found,
            format!("tool server `bank`: command `{plain}` not found: there is no such file, or it is not executable"),
        ),
        (
            CliServer::new("ls").env("PATH", folder.path().display().to_string()),
            not_found,
            "tool server `ls`: command `ls` not found: it is neither a binary of this package (NEXTEST_BIN_EXE_ls, \
             CARGO_BIN_EXE_ls) nor on PATH, or it is not executable"
                .to_owned(),
        ),
        (
            CliServer::new("ls").shell(Shell::Cmd),
            CliErrorKind::ShellNotFound,
            "tool server `ls`: the shell `cmd` is not on PATH: install it, or choose another by `.shell(..)`"
                .to_owned(),
        ),
        (
            CliServer::new("ls").cwd("/no/such/folder"),
            CliErrorKind::NotStarted,
            "tool server `ls`: the folder `/no/such/folder` that it should run in does not exist".to_owned(),
        ),
    ] {
        assert_eq!(failure(server).await, (kind, expected));
    }
}

#[tokio::test]
async fn a_folder_that_goes_away_is_the_infrastructures_fault() {
    let folder = tempfile::tempdir().unwrap();
    let gone = json!({ "args": format!("-c 'rm -r {}'", folder.path().display()) }).to_string();
    let model = ModelServer::start([Reply::calls(&[("p_execute", &gone)])]).await;
    let error = Agent::new(model.provider()).cli_server(sh().cwd(folder.path())).run("go").await.unwrap_err();
    let message = error.to_string();
    assert!(message.starts_with("tool server `p`: `sh` cannot be started by `bash`: No such file"), "{message}");
}
