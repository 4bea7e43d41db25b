use std::collections::HashSet;
use std::io::Write;
use std::sync::{Mutex, OnceLock};

use super::scope::lock;
use crate::redact;

/// Where warnings go: the process prints and journals them; before it began they are only printed.
type WarningSink = Box<dyn Fn(&str, &str) + Send + Sync>;

static SINK: OnceLock<WarningSink> = OnceLock::new();
static SEEN: Mutex<Option<HashSet<(String, String)>>> = Mutex::new(None);

pub(crate) fn set_warning_sink(sink: WarningSink) {
    let _ = SINK.set(sink);
}

/// Warns once per process about `message`: on the terminal, in the journal, in the report. `code` is a stable name
/// for programs, in snake case. Secrets are replaced.
pub fn warn(code: &str, message: &str) {
    let message = redact::redact(message);
    let is_new = lock(&SEEN).get_or_insert_default().insert((code.to_owned(), message.clone()));
    match SINK.get() {
        _ if !is_new => {}
        Some(sink) => sink(code, &message),
        None => drop(std::io::stderr().write_all(format!("aitest: warning: {message}\n").as_bytes())),
    }
}
