use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use serde::Serialize;

use super::blob;
use super::event::{Text, VERSION};
use crate::record::IterationRecord;

/// A listing of tools is compared part by part, which needs all of it.
const LONGEST_TEXT: usize = 1024 * 1024;

/// The journal of this process. Every line is one `write(2)` on an append-only file: a line that was written survives
/// `kill -9`.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    blobs: PathBuf,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    line: Vec<u8>,
}

impl Journal {
    /// Opens `<run>/<process>.jsonl`.
    ///
    /// # Errors
    /// The folder or the file cannot be made.
    pub(crate) fn create(run: &Path, process: &str) -> io::Result<Journal> {
        std::fs::create_dir_all(run)?;
        let path = run.join(format!("{process}.jsonl"));
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        let state = Mutex::new(State { file, line: Vec::with_capacity(1024) });
        Ok(Journal { path, blobs: run.join("blobs"), started: Instant::now(), state })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends one event. Its name needs no escaping.
    ///
    /// # Errors
    /// The line could not be written whole.
    pub(crate) fn append<T: Serialize>(&self, event: &'static str, body: &T) -> io::Result<()> {
        let ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let State { file, line } = &mut *state;
        line.clear();
        // Formatted by std, which is optimised in the dev profile too; serde is not.
        write!(line, r#"{{"v":{VERSION},"t":"{event}","ms":{ms},"body":"#)?;
        serde_json::to_writer(&mut *line, body)?;
        line.extend_from_slice(b"}\n");
        file.write_all(line)
    }

    /// Appends a text under its hash. One over 1 MiB keeps its ends; whole it is in a file of its own.
    ///
    /// # Errors
    /// The line could not be written whole.
    pub(crate) fn append_text(&self, sha256: &str, text: &str) -> io::Result<()> {
        let (sha256, mut text) = (sha256.to_owned(), text.to_owned());
        if text.len() > LONGEST_TEXT {
            blob::shorten_text(&mut text, &self.blobs);
        }
        self.append(super::TEXT, &Text { sha256, text })
    }

    /// Appends an iteration's record; its long texts go to files of their own first.
    ///
    /// # Errors
    /// The line could not be written whole.
    pub(crate) fn append_record(&self, record: &mut IterationRecord) -> io::Result<()> {
        blob::shorten(record, &self.blobs);
        self.append(super::ITERATION_FINISHED, record)
    }
}
