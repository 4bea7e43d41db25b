use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::FusedFuture;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::fault::{Fault, brief};
use crate::child;

/// How long a command may take. `az` is Python, and its first start on a busy machine takes many seconds.
const LIMIT: Duration = Duration::from_secs(30);
/// How long the end of the output is waited for once the command is gone.
const END_BOUND: Duration = Duration::from_millis(500);
const KEPT: usize = 64 * 1024;
const SHOWN: usize = 400;

/// A command that prints a token.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) arguments: &'static [&'static str],
    /// Variables that keep it from asking, and from coloring what it says.
    pub(crate) env: &'static [(&'static str, &'static str)],
}

impl Program {
    /// What it prints, when it succeeds. It is found on `path`, and run without a shell and without input.
    pub(crate) async fn output(&self, path: Option<&str>) -> Result<Vec<u8>, Fault> {
        self.output_until(tokio::time::sleep(LIMIT), path).await
    }

    /// The same, with a time limit that is over when `limit` is.
    pub(crate) async fn output_until(
        &self,
        limit: impl Future<Output = ()>,
        path: Option<&str>,
    ) -> Result<Vec<u8>, Fault> {
        let name = self.name;
        let file = find(name, path).ok_or_else(|| Fault::lasting(format!("`{name}` is not on PATH")))?;
        let mut command = Command::new(file);
        command.args(self.arguments).envs(self.env.iter().copied());
        let not_started = |error| Fault::lasting(format!("`{name}` cannot be started: {error}"));
        let (child, stdout, stderr) = child::spawn(command).await.map_err(not_started)?;
        child.close_stdin();
        let (mut printed, mut said) = (Vec::new(), Vec::new());
        let status = {
            let reads = async { tokio::join!(read(stdout, &mut printed), read(stderr, &mut said)) }.fuse();
            tokio::pin!(reads);
            let status = {
                let runs = async {
                    tokio::select! {
                        status = child.exit_status(2 * LIMIT) => status,
                        () = limit => None,
                    }
                };
                tokio::pin!(runs);
                tokio::select! {
                    status = &mut runs => status,
                    _ = &mut reads => runs.await,
                }
            };
            // With all that it started, which may hold the pipes.
            child.end().await;
            if !reads.is_terminated() {
                let _ = tokio::time::timeout(END_BOUND, reads).await;
            }
            status
        };
        judged(status, &said).map(|()| printed)
    }
}

fn judged(status: Option<ExitStatus>, said: &[u8]) -> Result<(), Fault> {
    let said = match brief(&String::from_utf8_lossy(said), SHOWN) {
        said if said.is_empty() => "nothing on its standard error".to_owned(),
        said => said,
    };
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(Fault::lasting(format!("{status}: {said}"))),
        None => Err(Fault::transient(format!("did not end within {} s: {said}", LIMIT.as_secs()))),
    }
}

/// Reads to the end, and keeps the beginning.
async fn read(mut from: impl AsyncRead + Unpin, kept: &mut Vec<u8>) {
    let mut chunk = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        kept.extend_from_slice(&chunk[..length.min(KEPT - kept.len())]);
    }
}

/// The program on `path`. Relative folders are left out: they would run what lies in the tested project.
fn find(name: &str, path: Option<&str>) -> Option<PathBuf> {
    const ENDINGS: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
    std::env::split_paths(path?)
        .filter(|folder| folder.is_absolute())
        .flat_map(|folder| ENDINGS.iter().map(move |ending| folder.join(format!("{name}{ending}"))))
        .find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}
