use std::borrow::Cow;
use std::io;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::apart::keep_apart;
use super::event::{
    AGENT, CASSETTES, Event, GIT_STATE, ITERATION_FINISHED, ITERATION_STARTED, LIMITS, PROCESS_FINISHED,
    PROCESS_STARTED, TEST_FINISHED, TEST_STARTED, TEXT, VERSION, WARNING,
};
use super::fold::Fold;
use crate::record::{RunId, RunRecord};

/// Reads the journals of every process of a run. Torn and unreadable lines are counted, never an error.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn read_run(folder: &Path, id: &RunId) -> io::Result<RunRecord> {
    let mut run = read_as_written(folder, id)?;
    keep_apart(&mut run);
    Ok(run)
}

/// The same with the names of agents as their lines have them, to be written again.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn read_as_written(folder: &Path, id: &RunId) -> io::Result<RunRecord> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            paths.push(path);
        }
    }
    // Oldest first, so that what ran later is the rerun.
    paths.sort_by_key(|path| (began_at(path), path.clone()));
    let mut fold = Fold::new(id);
    for path in &paths {
        // A file that cannot be read counts like a line that cannot be.
        if fold.read(path).is_err() {
            fold.torn_lines += 1;
        }
    }
    Ok(fold.finish())
}

/// The time at the end of a journal's name: `banking-4711-1763950000000.jsonl`.
fn began_at(path: &Path) -> Option<u64> {
    path.file_stem()?.to_str()?.rsplit('-').next()?.parse().ok()
}

/// Reads the journal of one process.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn read_process(path: &Path, id: &RunId) -> io::Result<RunRecord> {
    let mut fold = Fold::new(id);
    fold.read(path)?;
    let mut run = fold.finish();
    keep_apart(&mut run);
    Ok(run)
}

#[derive(Deserialize)]
struct Line<'a> {
    v: u32,
    #[serde(borrow)]
    t: Cow<'a, str>,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// `None` for a line that cannot be read.
pub(super) fn parse(line: &str) -> Option<Event> {
    let line: Line<'_> = serde_json::from_str(line).ok()?;
    if line.v != VERSION {
        return None;
    }
    let body = line.body.get();
    match line.t.as_ref() {
        PROCESS_STARTED => serde_json::from_str(body).ok().map(Event::ProcessStarted),
        TEST_STARTED => serde_json::from_str(body).ok().map(Event::TestStarted),
        ITERATION_STARTED => serde_json::from_str(body).ok().map(Event::IterationStarted),
        ITERATION_FINISHED => serde_json::from_str(body).ok().map(Event::IterationFinished),
        GIT_STATE => serde_json::from_str(body).ok().map(Event::GitState),
        WARNING => serde_json::from_str(body).ok().map(Event::Warning),
        LIMITS => serde_json::from_str(body).ok().map(Event::Limits),
        AGENT => serde_json::from_str(body).ok().map(Event::Agent),
        TEXT => serde_json::from_str(body).ok().map(Event::Text),
        CASSETTES => serde_json::from_str(body).ok().map(Event::Cassettes),
        TEST_FINISHED => serde_json::from_str(body).ok().map(Event::TestFinished),
        PROCESS_FINISHED => serde_json::from_str(body).ok().map(Event::ProcessFinished),
        _ => Some(Event::Unknown),
    }
}
