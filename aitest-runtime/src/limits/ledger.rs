use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::collector::warn;

/// A lock is held for microseconds; whoever holds it this long is stopped.
const PATIENCE: Duration = Duration::from_secs(2);

/// A few numbers that the processes of a run share: a small file that is read, changed and written under a lock.
///
/// Without a path, and from the first failure of the file on, the numbers are this process's alone: a ledger that
/// cannot be written costs the sharing, never the work.
///
/// ```
/// use aitest_runtime::host::Ledger;
///
/// let ledger = Ledger::<2>::at(None);
/// assert_eq!(ledger.try_update(|numbers| { numbers[0] += 3; numbers[0] }), Some(3));
/// ```
#[derive(Debug)]
pub struct Ledger<const N: usize> {
    path: Option<PathBuf>,
    state: Mutex<State<N>>,
}

#[derive(Debug)]
struct State<const N: usize> {
    /// As last read or written here.
    known: [u64; N],
    file: Option<File>,
    is_alone: bool,
    busy_since: Option<Instant>,
}

impl<const N: usize> Ledger<N> {
    /// The ledger at `path`, which is made on first use; all numbers begin as 0.
    pub fn at(path: Option<PathBuf>) -> Self {
        let is_alone = path.is_none();
        Ledger { path, state: Mutex::new(State { known: [0; N], file: None, is_alone, busy_since: None }) }
    }

    /// ChangeCounts the numbers and returns what `change` returns; `None` when another process changes them at this moment:
    /// try again shortly. Never waits for another process.
    pub fn try_update<R>(&self, change: impl FnOnce(&mut [u64; N]) -> R) -> Option<R> {
        let mut state = self.state();
        let Some(path) = self.path.as_deref().filter(|_| !state.is_alone) else {
            return Some(change(&mut state.known));
        };
        match state.lock_file(path) {
            Ok(true) => Some(state.update_file(path, change)),
            Ok(false) => None,
            Err(error) => {
                state.leave(path, &error);
                Some(change(&mut state.known))
            }
        }
    }

    /// The numbers as this process last saw them.
    pub fn known(&self) -> [u64; N] {
        self.state().known
    }

    fn state(&self) -> MutexGuard<'_, State<N>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<const N: usize> State<N> {
    /// Whether the file is locked now.
    fn lock_file(&mut self, path: &Path) -> io::Result<bool> {
        let file = match self.file.take() {
            Some(file) => file,
            None => open(path)?,
        };
        match self.file.insert(file).try_lock() {
            Ok(()) => {
                self.busy_since = None;
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => {
                let since = *self.busy_since.get_or_insert_with(Instant::now);
                let is_stuck = since.elapsed() > PATIENCE;
                if is_stuck { Err(io::Error::other("another process holds its lock")) } else { Ok(false) }
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn update_file<R>(&mut self, path: &Path, change: impl FnOnce(&mut [u64; N]) -> R) -> R {
        let Some(file) = &mut self.file else { return change(&mut self.known) };
        // A file that holds something else is begun again from what is known here.
        self.known = read(file).unwrap_or(self.known);
        let result = change(&mut self.known);
        let written = write(file, &self.known).and_then(|()| file.unlock());
        if let Err(error) = written {
            self.leave(path, &error);
        }
        result
    }

    fn leave(&mut self, path: &Path, error: &io::Error) {
        (self.is_alone, self.file) = (true, None);
        let message = "limits and budget hold for each process alone";
        warn("ledger_not_shared", &format!("{} cannot be used: {error}; {message}", path.display()));
    }
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

fn read<const N: usize>(file: &mut File) -> Option<[u64; N]> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut text).ok()?;
    let numbers: Vec<u64> = text.split_whitespace().map(|word| word.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

/// Every number takes 20 digits, so that a new text covers the old one.
fn write<const N: usize>(file: &mut File, numbers: &[u64; N]) -> io::Result<()> {
    let words: Vec<String> = numbers.iter().map(|number| format!("{number:020}")).collect();
    file.rewind()?;
    file.write_all(format!("{}\n", words.join(" ")).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ledgers_of_one_file_share_its_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let at = || Ledger::<2>::at(Some(folder.path().join("limits/a")));
        let (first, second) = (at(), at());
        first.try_update(|numbers| *numbers = [u64::MAX, 7]).unwrap();
        assert_eq!(second.try_update(|numbers| std::mem::replace(numbers, [1, 2])), Some([u64::MAX, 7]));
        assert_eq!(first.try_update(|numbers| *numbers), Some([1, 2]));
        assert_eq!((first.known(), second.known()), ([1, 2], [1, 2]));
    }

    #[test]
    fn no_thread_loses_a_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let ledger = Ledger::<1>::at(Some(path.clone()));
                    for _ in 0..200 {
                        while ledger.try_update(|[count]| *count += 1).is_none() {
                            std::thread::yield_now();
                        }
                    }
                });
            }
        });
        assert_eq!(Ledger::<1>::at(Some(path)).try_update(|[count]| *count), Some(800));
    }

    #[test]
    fn a_lock_of_another_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let ledger = Ledger::<1>::at(Some(path.clone()));
        let other = open(&path).unwrap();
        other.lock().unwrap();
        assert_eq!(ledger.try_update(|[count]| *count += 1), None);
        other.unlock().unwrap();
        assert_eq!(ledger.try_update(|[count]| *count), Some(0), "the refused change was not made");
    }

    #[test]
    fn a_file_that_cannot_be_made_costs_the_sharing_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("limits"), "").unwrap();
        let ledger = Ledger::<1>::at(Some(folder.path().join("limits/a")));
        for count in 1..4 {
            assert_eq!(ledger.try_update(|[n]| (*n += 1, *n).1), Some(count));
        }
    }

    #[test]
    fn what_is_no_ledger_is_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for text in ["", "x", "1", "1 2 3", "-1 2", "99999999999999999999999 1"] {
            std::fs::write(&path, text).unwrap();
            let ledger = Ledger::<2>::at(Some(path.clone()));
            assert_eq!(ledger.try_update(|numbers| *numbers), Some([0, 0]), "{text}");
        }
    }
}
