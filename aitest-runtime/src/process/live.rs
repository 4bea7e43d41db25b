use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How the last process of a run knows that it is the last, and how renders do not pile up.
///
/// Every process holds `live.lock` shared for its life; the kernel lets go of it on any death. At exit a process
/// first appends to `dirty`, then lets go and tries for the exclusive lock: of any set of processes that leave at
/// once at least one gets it. Whoever renders looks afterwards whether `dirty` grew meanwhile.
#[derive(Debug)]
pub(super) struct Live {
    folder: PathBuf,
    lock: File,
}

impl Live {
    pub(super) fn enter(folder: &Path) -> io::Result<Live> {
        let lock = open(&folder.join("live.lock"))?;
        lock.lock_shared()?;
        Ok(Live { folder: folder.to_owned(), lock })
    }

    /// Says that this process's journal is complete. Returns whether no other process of the run is alive.
    pub(super) fn leave(&self) -> io::Result<bool> {
        self.dirty_file()?.write_all(b".")?;
        self.lock.unlock()?;
        Ok(self.is_last())
    }

    /// Renders, unless another process does, until nothing new came in meanwhile.
    pub(super) fn render(&self, render: &mut dyn FnMut()) -> io::Result<()> {
        let lock = open(&self.folder.join("render.lock"))?;
        while lock.try_lock().is_ok() {
            let seen = self.dirty_file()?.metadata()?.len();
            let began = SystemTime::now();
            render();
            let took = began.elapsed().unwrap_or_default();
            // The file's content is how long the render took: a refresh waits for a multiple of it.
            std::fs::write(self.folder.join("rendered"), took.as_millis().to_string())?;
            lock.unlock()?;
            if self.dirty_file()?.metadata()?.len() == seen || !self.is_last() {
                break;
            }
        }
        Ok(())
    }

    /// Whether the last render is old enough for a refresh while others are alive.
    pub(super) fn wants_refresh(&self) -> bool {
        let path = self.folder.join("rendered");
        let Ok(age) = std::fs::metadata(&path).and_then(|data| data.modified()).map(|time| time.elapsed()) else {
            return true;
        };
        let took = std::fs::read_to_string(&path).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        age.unwrap_or_default() > Duration::from_secs(2).max(20 * Duration::from_millis(took))
    }

    fn is_last(&self) -> bool {
        let last = self.lock.try_lock().is_ok();
        // An error here would only leave the lock to the end of the process, which is near.
        let _ = self.lock.unlock();
        last
    }

    fn dirty_file(&self) -> io::Result<File> {
        OpenOptions::new().append(true).create(true).open(self.folder.join("dirty"))
    }
}

const PROBES: u32 = 25;
const PAUSE: Duration = Duration::from_millis(2);

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

/// Whether `folder` is a run's.
pub(super) fn is_run(folder: &Path) -> bool {
    folder.join("live.lock").is_file()
}

/// Whether a process of the run in `folder` is alive.
pub(super) fn is_alive(folder: &Path) -> bool {
    OpenOptions::new().write(true).open(folder.join("live.lock")).is_ok_and(|lock| lock.try_lock().is_err())
}

/// The same of a run that others may look at in the same moment: for that they hold its lock.
pub(super) fn stays_alive(folder: &Path) -> bool {
    (0..PROBES).all(|_| {
        let alive = is_alive(folder);
        if alive {
            std::thread::sleep(PAUSE);
        }
        alive
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_to_leave_knows_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = Live::enter(folder.path()).unwrap();
        let second = Live::enter(folder.path()).unwrap();
        assert!(is_alive(folder.path()));
        assert!(!first.leave().unwrap());
        assert!(second.leave().unwrap());
        assert!(!is_alive(folder.path()));
    }

    #[test]
    fn a_render_is_repeated_for_what_came_in_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let live = Live::enter(folder.path()).unwrap();
        assert!(live.leave().unwrap());
        let late = Live { folder: folder.path().to_owned(), lock: open(&folder.path().join("live.lock")).unwrap() };
        let mut renders = 0;
        live.render(&mut || {
            renders += 1;
            if renders == 1 {
                late.leave().unwrap();
            }
        })
        .unwrap();
        assert_eq!(renders, 2);
        assert!(!live.wants_refresh(), "it was rendered just now");
    }
}
