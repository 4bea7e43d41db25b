use std::io::{self, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use crate::iteration::IterationLog;
use crate::journal::{self, IterationStarted, Journal};
use crate::record::{AgentSetup, IterationKey, IterationRecord, Warning};

/// The process's journal as the engine and the warnings see it. A failed write warns once and changes no verdict.
#[derive(Debug, Default)]
pub(super) struct Log {
    journal: OnceLock<Journal>,
    failed: AtomicBool,
}

pub(super) static LOG: Log = Log { journal: OnceLock::new(), failed: AtomicBool::new(false) };

impl Log {
    pub(super) fn open(&self, run: &Path, process: &str) {
        match Journal::create(run, process) {
            Ok(journal) => drop(self.journal.set(journal)),
            Err(error) => self.fail(run, &error),
        }
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.journal.get().map(Journal::path)
    }

    pub(super) fn append<T: Serialize>(&self, event: &'static str, body: &T) {
        if let Some(journal) = self.journal.get()
            && let Err(error) = journal.append(event, body)
        {
            self.fail(journal.path(), &error);
        }
    }

    /// A warning that the user sees now and in the report.
    pub(super) fn warn(&self, code: &str, message: &str) {
        say(&format!("aitest: warning: {message}\n"));
        self.append(journal::WARNING, &Warning { code: code.to_owned(), message: message.to_owned() });
    }

    /// What an agent was given, behind the texts that no line has yet.
    pub(super) fn setup(&self, setup: &AgentSetup, texts: &[(String, String)]) {
        for (sha256, text) in texts {
            if let Some(journal) = self.journal.get()
                && let Err(error) = journal.append_text(sha256, text)
            {
                self.fail(journal.path(), &error);
            }
        }
        self.append(journal::AGENT, setup);
    }

    fn fail(&self, path: &Path, error: &io::Error) {
        if !self.failed.swap(true, Ordering::Relaxed) {
            say(&format!(
                "aitest: warning: the journal {} cannot be written: {error}; the tests go on, their report is \
                 incomplete; set AITEST_DIR to a folder that can be written\n",
                path.display()
            ));
        }
    }
}

impl IterationLog for Log {
    fn started(&self, key: IterationKey, seed: u64, at_ms: u64) {
        self.append(journal::ITERATION_STARTED, &IterationStarted { key, seed, at_ms });
    }

    fn finished(&self, record: &mut IterationRecord) {
        if let Some(journal) = self.journal.get()
            && let Err(error) = journal.append_record(record)
        {
            self.fail(journal.path(), &error);
        }
    }
}

/// Writes to stderr in one call. libtest captures `eprintln!`, not this; nothing can be done if it fails.
pub(super) fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
