use std::io;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::AsyncWrite;
use tokio::net::unix::pipe;
use tokio::sync::oneshot;

use super::signal::Group;
use super::spawner::{self, Job};

/// The most that `Drop` waits: the stages of an end, and some room for a busy machine.
const DROP_BOUND: Duration = Duration::from_secs(2);
const STATUS_POLL: Duration = Duration::from_millis(2);

/// What the child writes to its standard output.
pub(crate) type Stdout = pipe::Receiver;
/// What the child writes to its standard error.
pub(crate) type Stderr = pipe::Receiver;

/// A running child. Dropping it ends it, and returns when it and its group are gone.
#[derive(Debug)]
pub(crate) struct ChildProcess {
    group: Group,
    stdin: Stdin,
    ended: bool,
}

/// The child's standard input. The child's owner can close it, whoever holds it.
#[derive(Clone, Debug)]
pub(crate) struct Stdin(Arc<Mutex<Option<pipe::Sender>>>);

/// Spawns `command` as the leader of a new group.
pub(crate) async fn spawn(mut command: Command) -> io::Result<(ChildProcess, Stdout, Stderr)> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let (reply, spawned) = oneshot::channel();
    spawner::send(Job::Spawn(Box::new(command), reply))?;
    let (process, mut child) = spawned.await.map_err(io::Error::other)??;
    let (Some(input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(io::Error::other("no pipes"));
    };
    *process.stdin.lock() = Some(pipe::Sender::from_owned_fd(OwnedFd::from(input))?);
    let output = pipe::Receiver::from_owned_fd(OwnedFd::from(output))?;
    let errors = pipe::Receiver::from_owned_fd(OwnedFd::from(errors))?;
    Ok((process, output, errors))
}

impl ChildProcess {
    pub(crate) fn new(group: Group) -> Self {
        ChildProcess { group, stdin: Stdin(Arc::default()), ended: false }
    }

    /// Gives the child up: somebody else ends it.
    pub(crate) fn abandon(mut self) -> Group {
        self.ended = true;
        self.group
    }

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
            match self.group.exit_status() {
                None if tokio::time::Instant::now() < deadline => tokio::time::sleep(STATUS_POLL).await,
                status => return status,
            }
        }
    }

    /// Ends the child: its input, 200 ms, TERM, 200 ms, KILL. Returns when it and its group are gone.
    pub(crate) async fn end(mut self) {
        let (done, ended) = oneshot::channel();
        if self.begin_end(Box::new(move || _ = done.send(()))) {
            let _ = ended.await;
        }
    }

    fn begin_end(&mut self, done: spawner::Done) -> bool {
        self.close_stdin();
        !std::mem::replace(&mut self.ended, true) && spawner::send(Job::End(self.group, done)).is_ok()
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        let (done, ended) = mpsc::sync_channel(1);
        if self.begin_end(Box::new(move || _ = done.send(()))) {
            let _ = ended.recv_timeout(DROP_BOUND);
        }
    }
}

impl Stdin {
    fn lock(&self) -> MutexGuard<'_, Option<pipe::Sender>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll(&self, write: impl FnOnce(Pin<&mut pipe::Sender>) -> Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match self.lock().as_mut() {
            Some(pipe) => write(Pin::new(pipe)),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }
}

impl AsyncWrite for Stdin {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll(|pipe| pipe.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lock().take();
        Poll::Ready(Ok(()))
    }
}
