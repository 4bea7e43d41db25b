use std::process::Command;

use super::setting::{Setting, failed, got};
use crate::provider::ProviderErrorKind::Authentication;
use crate::provider::sign_in::command::Program;

#[tokio::test]
async fn gh() {
    let setting = Setting::new().command(
        "gh",
        r#"[ "$*" = "auth token --hostname github.com" ] && [ "$GH_PROMPT_DISABLED" = 1 ] && echo gho_of-tests-1234"#,
    );
    assert_eq!(got(setting.github().await), ("`gh auth token`".to_owned(), "gho_of-tests-1234".to_owned()));
    let list = |why: &str| {
        let head = "cannot sign in to GitHub: set GITHUB_TOKEN, or run `gh auth login`; tried in this order:";
        (Authentication, format!("{head}\n- token: GITHUB_TOKEN is not set\n- `gh auth token`: {why}"))
    };
    assert_eq!(failed(Setting::new().github().await), list("`gh` is not on PATH"));
    let setting = Setting::new().command("gh", "echo 'no oauth token found for github.com' >&2; exit 1");
    assert_eq!(failed(setting.github().await), list("exit status: 1: no oauth token found for github.com"));
    let setting = Setting::new().command("gh", "echo two words");
    assert_eq!(failed(setting.github().await), list("printed no token"));
}

const TOOL: Program = Program { name: "tool", arguments: &["a b", "$(exit 7)", "'\""], env: &[] };

#[tokio::test]
async fn a_command_is_run_without_a_shell_and_found_on_absolute_folders_alone() {
    let setting = Setting::new().command("tool", r#"printf '%s|' "$@""#);
    let path = setting.folder.path().display().to_string();
    let printed = TOOL.output(Some(&format!(".:relative::{path}"))).await.unwrap();
    assert_eq!(String::from_utf8(printed).unwrap(), "a b|$(exit 7)|'\"|");
    setting.file("plain", "not executable");
    let plain = Program { name: "plain", ..TOOL };
    for path in [Some(path.as_str()), Some("."), Some(""), None] {
        assert_eq!(plain.output(path).await.unwrap_err().message, "`plain` is not on PATH");
    }
}

#[tokio::test]
async fn a_command_that_does_not_end_is_ended_with_all_it_started() {
    let setting = Setting::new().command(
        "tool",
        r#"cd "${0%/*}"; echo waiting for you >&2; sleep 600 & echo $! > pid; echo started > started; wait"#,
    );
    let folder = setting.folder.path();
    let started = folder.join("started");
    assert!(Command::new("mkfifo").arg(&started).status().unwrap().success());
    let limit = async { drop(tokio::task::spawn_blocking(move || std::fs::read(started)).await) };
    let fault = TOOL.output_until(limit, Some(&folder.display().to_string())).await.unwrap_err();
    assert_eq!((fault.message.as_str(), fault.transient), ("did not end within 30 s: waiting for you", true));
    let pid = std::fs::read_to_string(folder.join("pid")).unwrap();
    let gone = ["10", "tail", "-s", "0.05", "-f", "/dev/null", "--pid", pid.trim()];
    assert!(Command::new("timeout").args(gone).status().unwrap().success(), "{pid} is left behind");
}

#[tokio::test]
async fn a_flood_and_a_pipe_that_stays_open_hold_nobody_up() {
    let script = "head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero; sleep 600 &";
    let setting = Setting::new().command("tool", script);
    let path = setting.folder.path().display().to_string();
    let printed = TOOL.output(Some(&path)).await.unwrap();
    assert_eq!(printed.len(), 64 * 1024);
}
