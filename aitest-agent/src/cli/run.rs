use std::io;
use std::pin::pin;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::FusedFuture;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep, timeout};

use super::output::Output;
use crate::child::{self, ChildProcess};

const FIRST_POLL: Duration = Duration::from_millis(1);
const LONGEST_POLL: Duration = Duration::from_millis(20);
/// How long the end of the output is waited for once the process is gone: another may hold the pipe.
const END_BOUND: Duration = Duration::from_millis(100);

/// A command line that runs, or did. Dropping it ends it with all that it started.
#[derive(Debug)]
pub(crate) struct Running {
    child: ChildProcess,
    stdout: Output,
    stderr: Output,
}

/// What a command line left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    /// `None` at the time limit.
    pub(crate) exit_code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Running {
    /// Starts `command` without input.
    pub(crate) async fn start(command: Command) -> io::Result<Self> {
        let (child, stdout, stderr) = child::spawn(command).await?;
        child.stdin().shutdown().await?;
        Ok(Running { child, stdout: Output::read(stdout), stderr: Output::read(stderr) })
    }

    /// Waits for the end of the shell. What runs in its background goes on.
    pub(crate) async fn finish(&mut self, limit: Duration) -> Option<Ran> {
        let status = self.status(limit).await?;
        Some(self.ran(Some(code(status))))
    }

    async fn status(&mut self, limit: Duration) -> Option<ExitStatus> {
        let Running { child, stdout, stderr } = self;
        let mut outputs = pin!(async { tokio::join!(stdout.ended(), stderr.ended()) }.fuse());
        let (begun, mut pause) = (Instant::now(), FIRST_POLL);
        loop {
            if let Some(status) = child.exit_status(Duration::ZERO).await {
                if !outputs.is_terminated() {
                    let _ = timeout(END_BOUND, outputs).await;
                }
                return Some(status);
            }
            let rest = limit.checked_sub(begun.elapsed()).filter(|rest| !rest.is_zero())?;
            tokio::select! {
                // A process that closed its output is about to end.
                _ = &mut outputs, if !outputs.is_terminated() => pause = FIRST_POLL,
                () = sleep(pause.min(rest)) => pause = (pause * 2).min(LONGEST_POLL),
            }
        }
    }

    /// Ends it with all that it started, and says what it wrote.
    pub(crate) async fn kill(self) -> Ran {
        let Running { child, mut stdout, mut stderr } = self;
        child.end().await;
        let _ = timeout(END_BOUND, async { tokio::join!(stdout.ended(), stderr.ended()) }).await;
        Ran { exit_code: None, stdout: stdout.take(), stderr: stderr.take() }
    }

    /// Ends it with all that it started.
    pub(crate) async fn end(self) {
        self.child.end().await;
    }

    fn ran(&self, exit_code: Option<i32>) -> Ran {
        Ran { exit_code, stdout: self.stdout.take(), stderr: self.stderr.take() }
    }
}

/// The exit code; of a process that a signal ended 128 and its number, as shells have it.
#[cfg(unix)]
fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

#[cfg(not(unix))]
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or(-1)
}
