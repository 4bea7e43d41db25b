//! The truth on disk: an append-only file of JSON lines per process, and its reader.
//!
//! Format `aitest.journal/1`: every line is `{"v":1,"t":EVENT,"ms":SINCE_THE_PROCESS_BEGAN,"body":{…}}`, written by
//! one `write(2)`. Events of other names and fields of other names are skipped by the reader, so that a newer minor
//! version stays readable; a line of another `v` is counted as unreadable.

mod apart;
mod blob;
mod event;
mod fold;
mod reader;
mod writer;

#[cfg(test)]
mod tests;

pub(crate) use event::{
    AGENT, CASSETTES, GIT_STATE, ITERATION_FINISHED, ITERATION_STARTED, IterationStarted, LIMITS, Limits,
    PROCESS_FINISHED, PROCESS_STARTED, ProcessFinished, TEST_FINISHED, TEST_STARTED, TEXT, TestFinished, TestStarted,
    WARNING,
};
pub(crate) use reader::{read_as_written, read_process, read_run};
pub(crate) use writer::Journal;
