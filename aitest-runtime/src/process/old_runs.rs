use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::live;

/// Runs that are kept.
const KEPT: usize = 20;
/// Where runs go to be removed.
const REMOVED: &str = ".removed-runs";

/// Removes all but the newest runs of the output folder `dir`, except the `used` ones and those that a process is in.
///
/// A folder that holds no lock of a run is somebody else's, and stays. A run goes to `<dir>/.removed-runs` first: none is
/// ever read half deleted, and what is left there when this process ends goes with the next run.
pub(super) fn remove(dir: &Path, used: &[PathBuf]) {
    let old = dir.join(REMOVED);
    for run in beyond_kept(&dir.join("runs")) {
        if !used.contains(&run) && !live::is_alive(&run) {
            let name = run.file_name().unwrap_or_default();
            // What cannot be moved or removed now is tried again by the next run.
            let _ = fs::create_dir_all(&old).and_then(|()| fs::rename(&run, old.join(name)));
        }
    }
    let _ = fs::remove_dir_all(old);
}

fn beyond_kept(runs: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(runs) else { return Vec::new() };
    let mut runs: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok().filter(|entry| live::is_run(&entry.path()))?;
            Some((entry.metadata().ok()?.modified().ok()?, entry.path()))
        })
        .collect();
    runs.sort_by(|a, b| b.cmp(a));
    runs.into_iter().skip(KEPT).map(|(_, run)| run).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::Duration;

    use tempfile::TempDir;

    use super::super::live::Live;
    use super::*;

    /// An output folder with as many runs, `0` the oldest.
    fn folder_with(runs: u64) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..runs {
            let run = run(&folder, number);
            fs::create_dir_all(&run).unwrap();
            drop(Live::enter(&run).unwrap());
            age(&run, number);
        }
        folder
    }

    fn age(run: &Path, number: u64) {
        File::open(run).unwrap().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(number)).unwrap();
    }

    fn run(folder: &TempDir, number: u64) -> PathBuf {
        folder.path().join("runs").join(number.to_string())
    }

    fn kept(folder: &TempDir) -> Vec<u64> {
        let entries = fs::read_dir(folder.path().join("runs")).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap().parse().unwrap();
        let mut kept: Vec<u64> = entries.map(|entry| name(entry.unwrap())).collect();
        kept.sort_unstable();
        kept
    }

    #[test]
    fn the_newest_runs_are_kept() {
        let folder = folder_with(23);
        remove(folder.path(), &[run(&folder, 22)]);
        assert_eq!(kept(&folder), (3..23).collect::<Vec<u64>>());
        assert!(!folder.path().join(REMOVED).exists());
    }

    #[test]
    fn a_run_that_is_resumed_is_kept() {
        let folder = folder_with(23);
        remove(folder.path(), &[run(&folder, 22), run(&folder, 0)]);
        assert_eq!(kept(&folder), [0].into_iter().chain(3..23).collect::<Vec<u64>>());
    }

    #[test]
    fn a_folder_of_somebody_else_is_kept() {
        let folder = folder_with(23);
        for number in 0..3 {
            fs::remove_file(run(&folder, number).join("live.lock")).unwrap();
            fs::write(run(&folder, number).join("weights.bin"), "mine").unwrap();
        }
        remove(folder.path(), &[run(&folder, 22)]);
        assert_eq!(kept(&folder), (0..23).collect::<Vec<u64>>());
    }

    #[test]
    fn a_run_under_way_and_the_own_one_are_kept() {
        let folder = folder_with(23);
        let _live = Live::enter(&run(&folder, 1)).unwrap();
        // The lock's file made the folder new.
        age(&run(&folder, 1), 1);
        remove(folder.path(), &[run(&folder, 2)]);
        assert_eq!(kept(&folder), (1..23).collect::<Vec<u64>>());
    }

    #[test]
    fn what_an_earlier_process_left_half_deleted_is_removed() {
        let folder = folder_with(1);
        fs::create_dir_all(folder.path().join(REMOVED).join("half/blobs")).unwrap();
        remove(folder.path(), &[run(&folder, 0)]);
        assert_eq!(kept(&folder), [0]);
        assert!(!folder.path().join(REMOVED).exists());
    }
}
