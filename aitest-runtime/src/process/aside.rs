use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::log::LOG;
use super::{git, old_runs};
use crate::collector::lock;
use crate::journal;
use crate::record::GitState;

/// How long a process that ends waits for git: a run that is over at once says too whether files differ.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the first process of a run does beside its tests.
#[derive(Debug)]
pub(super) struct Aside {
    /// Disconnected once git's answer is in the journal.
    git: Mutex<Receiver<()>>,
}

impl Aside {
    /// Asks `git` whether files differ from the commit, then removes old runs, on a thread of its own. `None` in a
    /// process that is not the first of its run, or without a thread: the state stays unknown, the old runs stay.
    pub(super) fn start(dir: &Path, run_dir: &Path, package: PathBuf, git: Option<GitState>) -> Option<Aside> {
        let marker = run_dir.join("first");
        std::fs::OpenOptions::new().write(true).create_new(true).open(marker).ok()?;
        let (dir, run_dir) = (dir.to_owned(), run_dir.to_owned());
        let (pending, answered) = channel();
        let work = move || {
            if let Some(git) = git
                && let dirty @ Some(_) = git::is_dirty(&package)
            {
                LOG.append(journal::GIT_STATE, &GitState { dirty, ..git });
            }
            drop(pending);
            old_runs::remove(&dir, &run_dir);
        };
        std::thread::Builder::new().name("aitest-aside".to_owned()).spawn(work).ok()?;
        Some(Aside { git: Mutex::new(answered) })
    }

    /// Waits until git's answer is in the journal, half a second at most. The removal of old runs is not waited for.
    pub(super) fn wait_for_git(&self) {
        // Nothing is ever sent: this ends by disconnection, or after the time.
        let _ = lock(&self.git).recv_timeout(PATIENCE);
    }
}
