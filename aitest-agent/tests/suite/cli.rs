//! Command-line programs as tools, with real shells.

use std::time::{Duration, Instant};

use aitest_agent::{Agent, CliServer, Shell};
use serde_json::{Value, json};

use crate::http::{ModelServer, Reply};

/// `printf`, which says what arguments it got.
fn printf() -> CliServer {
    CliServer::new("/usr/bin/printf").tool_prefix("p").shell(Shell::Sh)
}

/// `sh`: its argument `-c` runs anything.
pub(crate) fn sh() -> CliServer {
    CliServer::new("sh").named("p")
}

/// What the model is told after it called the tool of `server` with `args`, and the run's first request.
pub(crate) async fn told(server: CliServer, args: &Value) -> (String, Value) {
    let arguments = json!({ "args": args }).to_string();
    let model = ModelServer::start([Reply::calls(&[("p_execute", &arguments)]), Reply::text("done")]).await;
    let result = Agent::new(model.provider()).cli_server(server).run("go").await.unwrap();
    assert!(result.success, "{result:?}");
    let requests = model.requests();
    let content = requests[1].body["messages"].as_array().unwrap().last().unwrap()["content"].clone();
    (content.as_str().unwrap().to_owned(), requests[0].body.clone())
}

async fn call(server: CliServer, args: &str) -> Value {
    let (text, _) = told(server, &json!(args)).await;
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
}

async fn stdout(server: CliServer, args: &str) -> String {
    let result = call(server, args).await;
    assert_eq!((&result["exit_code"], &result["stderr"]), (&json!(0), &json!("")), "{result}");
    result["stdout"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn one_tool_with_one_argument() {
    let server = CliServer::new("/usr/bin/env").tool_prefix("p").shell(Shell::Sh);
    let (_, request) = told(server, &json!("true")).await;
    let expected = json!([{ "type": "function", "function": {
        "name": "p_execute",
        "description": "Runs the program `/usr/bin/env`. Returns JSON with exit_code, stdout and stderr.",
        "parameters": {
            "type": "object",
            "properties": {
                "args": { "type": "string", "description": "What follows `/usr/bin/env` on a command line of sh." },
            },
            "required": ["args"],
            "additionalProperties": false,
        },
    }}]);
    assert_eq!(request["tools"], expected);
}

#[tokio::test]
async fn names_of_tools() {
    let model = ModelServer::start([Reply::text("done")]).await;
    let servers = [
        CliServer::new("/bin/sh"),
        CliServer::new("sh").named("my shell/é"),
        CliServer::new("sh").tool_prefix("x".repeat(70)).description("a shell"),
    ];
    assert!(Agent::new(model.provider()).cli_servers(servers).run("go").await.unwrap().success);
    let tools = model.requests()[0].body["tools"].clone();
    let of = |place: usize, what: &str| tools[place]["function"][what].as_str().unwrap().to_owned();
    assert_eq!([of(0, "name"), of(1, "name")], ["sh_execute", "my_shell___execute"]);
    assert_eq!(of(2, "name"), "x".repeat(56) + "_execute");
    assert_eq!(of(2, "description"), "a shell");
}

#[tokio::test]
async fn arguments_are_read_by_the_shell_once() {
    for (args, expected) in [
        ("'%s|' a 'b c' \"d\\\"e\" $((1 + 1)) '$HOME'", "a|b c|d\"e|2|$HOME|"),
        ("'%s|' 'it'\\''s' '' \"two\nlines\" 'ünïcödé €'", "it's||two\nlines|ünïcödé €|"),
        ("'b\\na\\n' | sort | tr ab xy", "x\ny\n"),
        ("a > /dev/null; echo then", "then\n"),
        ("one\necho two", "onetwo\n"),
        ("'%s' - <<'END' && cat <<'MORE'\nignored\nEND\nhere 'is' $a\nMORE", "-here 'is' $a\n"),
    ] {
        for shell in [Shell::Sh, Shell::Bash] {
            assert_eq!(stdout(printf().shell(shell), args).await, expected, "{shell:?}: {args}");
        }
    }
    assert_eq!(stdout(printf().shell(Shell::Bash), "'%s' {a,b} <(:) | cut -c1-2").await, "ab\n", "bash's own syntax");
}

#[tokio::test]
async fn the_command_is_one_word_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join("it's $(touch x) ; a\"b");
    std::fs::create_dir(&odd).unwrap();
    let program = odd.join("echo");
    std::os::unix::fs::symlink("/bin/echo", &program).unwrap();
    for shell in [Shell::Sh, Shell::Bash] {
        let server = CliServer::new(program.display().to_string()).tool_prefix("p").shell(shell).cwd(folder.path());
        assert_eq!(stdout(server, "-n ok").await, "ok");
    }
    assert!(!folder.path().join("x").exists());
    // A shell's own `echo` knows no option `--version`.
    let server = CliServer::new("echo").tool_prefix("p").shell(Shell::Bash);
    assert!(stdout(server, "--version").await.contains("coreutils"), "the program, and no builtin of the shell");
}

#[tokio::test]
async fn exit_codes_and_signals_are_results() {
    for (args, code) in [("-c 'exit 3'", 3), ("-c 'kill -9 $$'", 137), ("-c 'kill -TERM $$'; exit", 143), ("-c 'a", 2)]
    {
        let result = call(sh(), args).await;
        assert_eq!(result["exit_code"], code, "{args}: {result}");
    }
    let (text, _) = told(sh(), &json!("-c 'echo out; echo err >&2; exit 1'")).await;
    assert_eq!(text, r#"{"exit_code":1,"stdout":"out\n","stderr":"err\n"}"#);
}

#[tokio::test]
async fn a_non_zero_exit_is_no_failed_call() {
    let arguments = json!({ "args": "-c 'exit 1'" }).to_string();
    let calls = (0..5).map(|_| Reply::calls(&[("p_execute", &arguments)])).chain([Reply::text("done")]);
    let model = ModelServer::start(calls).await;
    let result = Agent::new(model.provider()).cli_server(sh()).retries(0).run("go").await.unwrap();
    assert!(result.success, "{result:?}");
}

#[tokio::test]
async fn arguments_that_cannot_be_passed_are_failed_calls() {
    let (text, _) = told(printf(), &json!("a\0b")).await;
    assert_eq!(text, "`args` holds a NUL character, which cannot be passed to a program");
    let (text, _) = told(printf(), &json!("x".repeat(1 << 20))).await;
    assert!(text.starts_with("`args` is too long: 1048576 bytes, more than this system passes to a program"), "{text}");
    for wrong in [json!(null), json!(["a"]), json!(1)] {
        let (text, _) = told(printf(), &wrong).await;
        assert_eq!(text, "the argument `args` must be a string, and \"\" for none");
    }
    // Half of what Linux passes goes through.
    assert_eq!(stdout(printf(), &format!("'%s' {} | wc -c | tr -d ' '", "x".repeat(65_000))).await, "65000\n");
}

#[tokio::test]
async fn output_that_is_no_text() {
    let result = call(printf(), r"'a\377b\000c\342\202\254\342\202'").await;
    assert_eq!(result["stdout"], "a\u{fffd}b\0c€\u{fffd}");
}

#[tokio::test]
async fn folder_and_variables() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    let server = sh().cwd(&path).env("BANK_REGION", "a b'c").env("BANK_TOKEN", "t-987654321");
    assert!(!format!("{server:?}").contains("t-987654321"));
    let shown = stdout(server, "-c 'pwd; echo \"$BANK_REGION|$BANK_TOKEN|${PATH:+set}\"'").await;
    assert_eq!(shown, format!("{}\na b'c|t-987654321|set\n", path.display()));
}

#[tokio::test]
async fn there_is_no_input() {
    assert_eq!(stdout(sh(), "-c 'cat; echo end'").await, "end\n");
}

#[tokio::test]
async fn at_the_time_limit_the_result_says_so() {
    let begun = Instant::now();
    let server = sh().timeout(Duration::from_millis(300));
    let (text, _) = told(server, &json!("-c 'echo begun; echo why >&2; exec sleep 1000'")).await;
    let told = r#"{"exit_code":null,"stdout":"begun\n","stderr":"why\n","timed_out":"killed after 0.3 s, with all that it started"}"#;
    assert_eq!(text, told);
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_background_process_that_holds_the_output_holds_up_no_call() {
    let begun = Instant::now();
    assert_eq!(stdout(sh(), "-c 'echo ok; sleep 1000 & echo \"$!\" >/dev/null'").await, "ok\n");
    assert_eq!(stdout(sh(), "-c 'sleep 1000' & echo ok").await, "ok\n");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

/// A call starts a server that a later call asks.
#[tokio::test]
async fn what_runs_in_the_background_is_there_for_the_next_call() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    let path = fifo.display();
    let first = json!({ "args": format!("-c 'mkfifo {path}; (while :; do echo served > {path}; done) & echo up'") });
    let second = json!({ "args": format!("-c 'head -n1 {path}'") });
    let replies = [first, second].map(|arguments| Reply::calls(&[("p_execute", &arguments.to_string())]));
    let model = ModelServer::start(replies.into_iter().chain([Reply::text("done")])).await;
    assert!(Agent::new(model.provider()).cli_server(sh()).run("go").await.unwrap().success);
    let last = model.requests().last().unwrap().body["messages"].as_array().unwrap().last().unwrap().clone();
    assert!(last["content"].as_str().unwrap().contains(r#""stdout":"served\n""#), "{last}");
}

#[tokio::test]
async fn parallel_calls_run_beside_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let [write, read] = [format!("-c 'echo met > {}'", fifo.display()), format!("-c 'cat {}'", fifo.display())]
        .map(|args| json!({ "args": args }).to_string());
    let calls = Reply::calls(&[("p_execute", &write), ("p_execute", &read)]);
    let model = ModelServer::start([calls, Reply::text("done")]).await;
    let server = sh().timeout(Duration::from_secs(20));
    let result = Agent::new(model.provider()).cli_server(server).run("go").await.unwrap();
    assert!(result.success && model.requests()[1].body.to_string().contains("met"), "{result:?}");
}

const FLOOD: &str = "SUITE_FLOOD";

/// What the next test does in a process of its own.
#[tokio::test]
async fn flood() {
    if std::env::var_os(FLOOD).is_none() {
        return;
    }
    let result = call(sh(), "-c 'head -c 104857600 /dev/zero | tr \"\\0\" x; echo err >&2; echo end'").await;
    let text = result["stdout"].as_str().unwrap();
    assert!(text.len() < 40_000 && text.ends_with("xend\n"), "{} bytes", text.len());
    assert!(text.contains("x\n[104824836 of 104857604 bytes cut here]\nx"));
    assert_eq!(result["stderr"], "err\n");
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB")).unwrap();
        assert!(peak.trim().parse::<u64>().unwrap() < 64 * 1024, "{peak} KiB");
    }
}

#[test]
fn a_flood_of_output_is_bounded() {
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cli::flood"])
        .env(FLOOD, "1")
        .status()
        .unwrap();
    assert!(status.success());
}
