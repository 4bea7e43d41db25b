use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use super::Iteration;
use super::collected::RunFailure;
use crate::record::{CassetteMode, CassetteUse, FailureKind};
use crate::redact;

static MODE: OnceLock<CassetteMode> = OnceLock::new();

static REPLAYED: AtomicU64 = AtomicU64::new(0);
static RECORDED: AtomicU64 = AtomicU64::new(0);
static MISSED: AtomicU64 = AtomicU64::new(0);
static UNUSED: AtomicU64 = AtomicU64::new(0);

/// What happened to an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CassetteEvent {
    /// It was served from a cassette.
    Replayed,
    /// That many were live and are kept.
    Recorded(u64),
    /// There is no recording of it.
    Missed,
    /// That many recordings were not asked for.
    Unused(u64),
}

/// Where the cassettes of a test are.
#[derive(Clone, Debug, Default)]
pub struct CassettePlace {
    /// The folder.
    pub folder: PathBuf,
    /// The same as messages show it, from the workspace.
    pub shown: String,
}

impl CassettePlace {
    /// A folder in `workspace`.
    pub(crate) fn new(folder: PathBuf, workspace: &Path) -> Self {
        let shown = folder.strip_prefix(workspace).unwrap_or(&folder).display().to_string();
        CassettePlace { folder, shown }
    }
}

/// Fixes the mode for the rest of the process. The first call counts.
pub(crate) fn set_cassette_mode(mode: CassetteMode) {
    let _ = MODE.set(mode);
}

/// What happens to the exchanges of this process: [`CassetteMode::Off`] before its first test.
pub fn cassette_mode() -> CassetteMode {
    MODE.get().copied().unwrap_or_default()
}

/// Counts what happened to an exchange, for the report.
pub fn cassette_event(event: CassetteEvent) {
    match event {
        CassetteEvent::Replayed => REPLAYED.fetch_add(1, Relaxed),
        CassetteEvent::Recorded(count) => RECORDED.fetch_add(count, Relaxed),
        CassetteEvent::Missed => MISSED.fetch_add(1, Relaxed),
        CassetteEvent::Unused(count) => UNUSED.fetch_add(count, Relaxed),
    };
}

/// What cassettes did in this process; `None` without cassettes.
pub(crate) fn cassette_use() -> Option<CassetteUse> {
    let mode = Some(cassette_mode()).filter(|mode| *mode != CassetteMode::Off)?;
    let [replayed, recorded, missed, unused] =
        [&REPLAYED, &RECORDED, &MISSED, &UNUSED].map(|count| count.load(Relaxed));
    Some(CassetteUse { mode, replayed, recorded, missed, unused })
}

/// Where the cassettes of the iteration's test are.
pub fn cassette_place(it: &Iteration) -> &CassettePlace {
    it.test().cassettes()
}

/// Says that the current iteration's cassette is no use: whatever the body does, the iteration is errored. No other
/// attempt would go better.
pub fn cassette_failed(message: &str) {
    let Some(it) = Iteration::current() else { return };
    let message = redact::redact(message);
    let failure = RunFailure { kind: FailureKind::Infrastructure, message, transient: false, location: None };
    it.collected().infrastructure.get_or_insert(failure);
}

/// The name of the iteration's test, as messages show it.
pub fn test_name(it: &Iteration) -> Arc<str> {
    it.test().name()
}
