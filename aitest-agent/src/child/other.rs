//! Elsewhere: a child is killed when its owner is dropped, and on Windows what it started with it, as long as the child
//! itself runs.

use std::io;
use std::pin::Pin;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::AsyncWrite;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};

const GRACE: Duration = Duration::from_millis(200);
const POLL: Duration = Duration::from_millis(5);

/// What the child writes to its standard output.
pub(crate) type Stdout = ChildStdout;
/// What the child writes to its standard error.
pub(crate) type Stderr = ChildStderr;

/// A running child. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct ChildProcess {
    child: Mutex<Child>,
    stdin: Stdin,
}

/// The child's standard input. The child's owner can close it, whoever holds it.
#[derive(Clone, Debug)]
pub(crate) struct Stdin(Arc<Mutex<Option<ChildStdin>>>);

/// Spawns `command`.
pub(crate) async fn spawn(mut command: Command) -> io::Result<(ChildProcess, Stdout, Stderr)> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (Some(input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(io::Error::other("no pipes"));
    };
    let stdin = Stdin(Arc::new(Mutex::new(Some(ChildStdin::from_std(input)?))));
    let process = ChildProcess { child: Mutex::new(child), stdin };
    Ok((process, ChildStdout::from_std(output)?, ChildStderr::from_std(errors)?))
}

/// Children end with their owners here: there is nothing to do.
pub fn reap_children() {}

impl ChildProcess {
    /// The child's standard input.
    pub(crate) fn stdin(&self) -> Stdin {
        self.stdin.clone()
    }

    /// Ends the child's input, which is how a server is told to end.
    pub(crate) fn close_stdin(&self) {
        self.stdin.lock().take();
    }

    /// How the child ended, if it does so within `limit`.
    pub(crate) async fn exit_status(&self, limit: Duration) -> Option<ExitStatus> {
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            let status = self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait().ok().flatten();
            match status {
                None if tokio::time::Instant::now() < deadline => tokio::time::sleep(POLL).await,
                status => return status,
            }
        }
    }

    /// Ends the child: its input, 200 ms, then a kill.
    pub(crate) async fn end(self) {
        self.close_stdin();
        let _ = self.exit_status(GRACE).await;
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        self.close_stdin();
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Ok(None) = child.try_wait() {
            kill_tree(child.id());
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Windows' own command for this. Where there is none, nothing happens.
fn kill_tree(id: u32) {
    let mut command = Command::new("taskkill");
    command.args(["/T", "/F", "/PID"]).arg(id.to_string());
    let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

impl Stdin {
    fn lock(&self) -> MutexGuard<'_, Option<ChildStdin>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncWrite for Stdin {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.lock().as_mut() {
            Some(pipe) => Pin::new(pipe).poll_write(cx, bytes),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lock().as_mut().map_or(Poll::Ready(Ok(())), |pipe| Pin::new(pipe).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lock().take();
        Poll::Ready(Ok(()))
    }
}
