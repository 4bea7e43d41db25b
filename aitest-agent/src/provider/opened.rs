//! Opened breakers as the processes of a run share them: a file beside the clocks of the same endpoint.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aitest_runtime::host;
use serde::{Deserialize, Serialize};

use super::{ProviderError, ProviderErrorKind};

/// For how long other processes believe it: a run's id may be used again, with a better key.
const LASTS: Duration = Duration::from_secs(10 * 60);

#[derive(Serialize, Deserialize)]
struct Opened {
    kind: String,
    status: Option<u16>,
    message: String,
}

/// Why a process of the run asks `endpoint` no more.
pub(super) fn read(endpoint: &str) -> Option<ProviderError> {
    read_at(&path(endpoint)?)
}

/// Tells the other processes of the run. Whether this one is the first to say so.
pub(super) fn write(endpoint: &str, error: &ProviderError) -> bool {
    path(endpoint).is_none_or(|path| write_at(&path, error))
}

fn path(endpoint: &str) -> Option<PathBuf> {
    Some(host::shared_path(endpoint)?.with_extension("open"))
}

fn read_at(path: &Path) -> Option<ProviderError> {
    let text = fs::read_to_string(path).ok().filter(|_| !is_old(path))?;
    let opened: Opened = serde_json::from_str(&text).ok()?;
    let error = ProviderError::new(ProviderErrorKind::named(&opened.kind)?, opened.message);
    Some(match opened.status {
        Some(status) => error.with_status(status),
        None => error,
    })
}

/// What cannot be written is not shared; this process says it all the same.
fn write_at(path: &Path, error: &ProviderError) -> bool {
    let opened = Opened { kind: error.kind().name().to_owned(), status: error.status(), message: error.to_string() };
    if is_old(path) {
        let _ = fs::remove_file(path);
    }
    if path.parent().is_some_and(|folder| fs::create_dir_all(folder).is_err()) {
        return true;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => {
            let text = serde_json::to_vec(&opened).unwrap_or_default();
            // Half a file is not read: the other processes ask for themselves.
            let _ = file.write_all(&text);
            true
        }
        Err(error) => error.kind() != io::ErrorKind::AlreadyExists,
    }
}

fn is_old(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|data| data.modified()).ok();
    modified.and_then(|time| time.elapsed().ok()).is_some_and(|age| age > LASTS)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn error() -> ProviderError {
        ProviderError::new(ProviderErrorKind::Authentication, "m: 401; check the key in K").with_status(401)
    }

    #[test]
    fn what_one_process_writes_another_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("limits/a.open");
        assert!(read_at(&path).is_none());
        assert!(write_at(&path, &error()), "the first says so");
        assert!(!write_at(&path, &error()));
        let read = read_at(&path).unwrap();
        assert_eq!((read.kind(), read.status(), read.to_string()), (error().kind(), Some(401), error().to_string()));
    }

    #[test]
    fn after_ten_minutes_it_is_asked_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.open");
        write_at(&path, &error());
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - LASTS - Duration::from_secs(1)).unwrap();
        assert!(read_at(&path).is_none());
        assert!(write_at(&path, &error()), "and said again");
        assert!(read_at(&path).is_some());
    }

    #[test]
    fn half_a_file_opens_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.open");
        for text in ["", "{\"kind\":\"authen", "{\"kind\":\"bored\",\"status\":null,\"message\":\"\"}"] {
            fs::write(&path, text).unwrap();
            assert!(read_at(&path).is_none(), "{text}");
        }
    }

    #[test]
    fn where_nothing_can_be_written_it_is_said() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("limits"), "").unwrap();
        assert!(write_at(&folder.path().join("limits/a.open"), &error()));
    }
}
