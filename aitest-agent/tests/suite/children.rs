//! No process outlives its run.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aitest_agent::{Agent, McpServer};
use tempfile::TempDir;

use crate::cli::sh;
use crate::http::{ModelServer, Reply};
use crate::server::{calling, shell};

/// A server that writes the process id of a grandchild and its own into files.
struct Leaky {
    folder: PathBuf,
    _owned: Option<TempDir>,
}

impl Leaky {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Leaky { folder: folder.path().to_owned(), _owned: Some(folder) }
    }

    /// Before the call: a grandchild that ignores everything but KILL, in the background.
    fn call(&self) -> String {
        let folder = self.folder.display();
        format!("(trap '' TERM HUP; exec sleep 1000) & echo $! > {folder}/grandchild; echo $$ > {folder}/server")
    }

    fn pid(&self, name: &str) -> Option<i32> {
        std::fs::read_to_string(self.folder.join(name)).ok()?.trim().parse().ok()
    }

    async fn started(&self) {
        while self.pid("server").is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn assert_gone(&self) {
        for name in ["server", "grandchild"] {
            let pid = self.pid(name).unwrap();
            // A killed grandchild is reaped by whoever adopted it, a moment later.
            let deadline = Instant::now() + Duration::from_secs(5);
            while alive(pid) {
                assert!(Instant::now() < deadline, "{name} {pid} lives");
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
}

/// A zombie is not alive.
fn alive(pid: i32) -> bool {
    match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !stat.rsplit(')').next().unwrap().trim().starts_with('Z'),
        // SAFETY: `kill` with signal 0 touches nothing.
        Err(_) => !Path::new("/proc/self").exists() && unsafe { libc::kill(pid, 0) } == 0,
    }
}

async fn model() -> ModelServer {
    ModelServer::start([Reply::calls(&[("a", "{}")]), Reply::text("done")]).await
}

#[tokio::test]
async fn a_grandchild_goes_with_the_server() {
    let (leaky, model) = (Leaky::new(), model().await);
    let server = calling(&format!("{}; text 1", leaky.call()));
    assert!(Agent::new(model.provider()).mcp_server(server).run("go").await.unwrap().success);
    leaky.assert_gone();
}

#[tokio::test]
async fn a_dropped_run_leaves_nothing() {
    let (leaky, model) = (Leaky::new(), model().await);
    // The call never ends, and the server ignores the end of its input as well as TERM.
    let server = calling(&format!("trap '' TERM; {}; sleep 1000", leaky.call()));
    let agent = Agent::new(model.provider()).mcp_server(server);
    tokio::select! {
        result = agent.run("go") => panic!("{result:?}"),
        () = leaky.started() => {}
    }
    leaky.assert_gone();
}

#[tokio::test]
async fn a_run_dropped_while_the_server_starts_leaves_nothing() {
    let (leaky, model) = (Leaky::new(), model().await);
    let server = shell(&format!("{}; sleep 1000", leaky.call()));
    let agent = Agent::new(model.provider()).mcp_server(server);
    tokio::select! {
        result = agent.run("go") => panic!("{result:?}"),
        () = leaky.started() => {}
    }
    leaky.assert_gone();
}

#[tokio::test]
async fn the_other_servers_go_when_one_does_not_start() {
    let (leaky, model) = (Leaky::new(), model().await);
    let wait_for = leaky.folder.join("server");
    let late = shell(&format!("while ! [ -e {} ]; do sleep 0.01; done; exit 1", wait_for.display())).named("late");
    let agent = Agent::new(model.provider()).mcp_servers([shell(&format!("{}; sleep 1000", leaky.call())), late]);
    let error = agent.run("go").await.unwrap_err();
    assert!(error.to_string().starts_with("tool server `late`: the server ended before it was ready"), "{error}");
    leaky.assert_gone();
}

#[tokio::test]
async fn a_well_behaved_server_ends_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("ended");
    let server = calling("text 1").env("at_end", format!("echo bye > {}", note.display()));
    let model = model().await;
    let begun = Instant::now();
    assert!(Agent::new(model.provider()).mcp_server(server).run("go").await.unwrap().success);
    assert_eq!(std::fs::read_to_string(note).unwrap(), "bye\n");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

/// The same by a command line: its shell and a grandchild, which ignore TERM.
fn line(leaky: &Leaky) -> String {
    let line = format!("-c \"trap '' TERM; {}; sleep 1000\"", leaky.call().replace('$', "\\$"));
    serde_json::json!({ "args": line }).to_string()
}

async fn calling_sh(leaky: &Leaky) -> (Agent, ModelServer) {
    let model = ModelServer::start([Reply::calls(&[("p_execute", &line(leaky))]), Reply::text("done")]).await;
    (Agent::new(model.provider()).cli_server(sh()), model)
}

#[tokio::test]
async fn a_command_line_over_its_time_limit_goes_with_all_that_it_started() {
    let leaky = Leaky::new();
    let model = ModelServer::start([Reply::calls(&[("p_execute", &line(&leaky))]), Reply::text("done")]).await;
    // Long enough for both to be written, whose absence fails the test.
    let server = sh().timeout(Duration::from_secs(2));
    assert!(Agent::new(model.provider()).cli_server(server).run("go").await.unwrap().success);
    leaky.assert_gone();
}

#[tokio::test]
async fn a_dropped_run_leaves_no_command_line() {
    let leaky = Leaky::new();
    let (agent, _model) = calling_sh(&leaky).await;
    tokio::select! {
        result = agent.run("go") => panic!("{result:?}"),
        () = leaky.started() => {}
    }
    leaky.assert_gone();
}

#[tokio::test]
async fn what_a_command_line_left_in_the_background_goes_with_the_run() {
    let leaky = Leaky::new();
    let args = format!("-c \"{}\"", leaky.call().replace('$', "\\$"));
    let arguments = serde_json::json!({ "args": args }).to_string();
    let model = ModelServer::start([Reply::calls(&[("p_execute", &arguments)]), Reply::text("done")]).await;
    assert!(Agent::new(model.provider()).cli_server(sh()).run("go").await.unwrap().success);
    leaky.assert_gone();
}

const VICTIM: &str = "SUITE_VICTIM";

/// What the next tests do in a process of their own.
#[tokio::test]
async fn victim() {
    let Some(folder) = std::env::var_os(VICTIM) else { return };
    let leaky = Leaky { folder: folder.into(), _owned: None };
    let model = model().await;
    let server = calling(&format!("trap '' TERM; {}; sleep 1000", leaky.call()));
    let (cli, _model) = calling_sh(&leaky).await;
    let agent = match std::env::var_os("SUITE_CLI") {
        Some(_) => cli,
        None => Agent::new(model.provider()).mcp_server(server),
    };
    let end = async {
        leaky.started().await;
        if std::env::var_os("SUITE_END").is_some_and(|end| end == "kill") {
            // SAFETY: `raise` touches no memory, and does not return from this signal.
            unsafe { libc::raise(libc::SIGKILL) };
        }
        aitest_agent::__private::reap_children();
        std::process::exit(0);
    };
    tokio::select! {
        result = agent.run("go") => panic!("{result:?}"),
        () = end => {}
    }
}

fn run_victim(end: &str) {
    run_victim_with(end, |_| {});
    run_victim_with(end, |command| _ = command.env("SUITE_CLI", "1"));
}

fn run_victim_with(end: &str, set: impl Fn(&mut std::process::Command)) {
    let leaky = Leaky::new();
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    set(&mut command);
    let status = command
        .args(["--exact", "children::victim"])
        .env(VICTIM, &leaky.folder)
        .env("SUITE_END", end)
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.success(), end == "exit", "{status}");
    leaky.assert_gone();
}

#[test]
fn the_watchdog_ends_what_a_killed_process_leaves() {
    run_victim("kill");
}

#[test]
fn the_exit_hook_ends_what_is_left_at_exit() {
    run_victim("exit");
}

#[tokio::test]
async fn servers_of_many_runs_at_once() {
    let model = ModelServer::start([Reply::text("done")]).await;
    let agent = Agent::new(model.provider()).mcp_server(calling("text 1"));
    let runs = (0..20).map(|_| async { agent.run("go").await.unwrap().success });
    assert!(futures_util::future::join_all(runs).await.into_iter().all(|success| success));
}

#[tokio::test]
async fn a_bare_name_is_looked_up_on_the_path() {
    let model = ModelServer::start([Reply::text("done")]).await;
    let error = Agent::new(model.provider()).mcp_server(McpServer::stdio("false")).run("go").await.unwrap_err();
    assert!(error.to_string().contains("(exit status: 1)"), "{error}");
}
