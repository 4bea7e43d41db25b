use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, Instant};

use super::log::LOG;
use super::{git, old_runs};
use crate::collector::lock;
use crate::journal;
use crate::record::GitState;

/// How long the end of the process waits for the start of a `git` that it then ends.
const STARTING: Duration = Duration::from_millis(20);

/// What the first process of a run does beside its tests.
#[derive(Debug)]
pub(super) struct Aside {
    /// The `git` that has not answered yet.
    git: Arc<Mutex<Option<Child>>>,
}

impl Aside {
    /// Asks `git` whether files differ from the commit, then removes old runs, on a thread of its own. `None` in a
    /// process that is not the first of its run, or without a thread: the state stays unknown, the old runs stay. The
    /// `used` runs stay too, the process's own first.
    pub(super) fn start(dir: &Path, used: Vec<PathBuf>, package: PathBuf, git: Option<GitState>) -> Option<Aside> {
        let marker = used.first()?.join("first");
        std::fs::OpenOptions::new().write(true).create_new(true).open(marker).ok()?;
        let dir = dir.to_owned();
        let asked = Arc::new(Mutex::new(None));
        let pending = Arc::clone(&asked);
        let work = move || {
            if let Some(git) = git
                && let dirty @ Some(_) = is_dirty(&package, &pending)
            {
                LOG.append(journal::GIT_STATE, &GitState { dirty, ..git });
            }
            old_runs::remove(&dir, &used);
        };
        std::thread::Builder::new().name("aitest-aside".to_owned()).spawn(work).ok()?;
        Some(Aside { git: asked })
    }

    /// Ends a `git` that has not answered: the process waits for nobody. Whether files differ stays unknown.
    pub(super) fn end(&self) {
        let until = Instant::now() + STARTING;
        let mut git = loop {
            match self.git.try_lock() {
                Ok(git) => break git,
                Err(TryLockError::Poisoned(_)) => return,
                Err(TryLockError::WouldBlock) if Instant::now() >= until => return,
                Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            }
        };
        if let Some(mut git) = git.take() {
            let _ = git.kill().and_then(|()| git.wait());
        }
    }
}

fn is_dirty(package: &Path, pending: &Mutex<Option<Child>>) -> Option<bool> {
    let answer = {
        let mut pending = lock(pending);
        let mut git = git::ask(package)?;
        let answer = git.stdout.take();
        *pending = Some(git);
        answer?
    };
    let listed = git::lists_files(answer)?;
    // `None` when the process ended it.
    let mut git = lock(pending).take()?;
    git.wait().ok()?.success().then_some(listed)
}
