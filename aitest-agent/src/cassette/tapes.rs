use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aitest_runtime::host::{self, CassetteEvent, CassetteMode, Iteration};

use super::error::CassetteError;
use super::file::Exchange;
use super::keep::Kept;
use super::recording::Recording;
use super::tape::{Tape, Written};

/// The tapes of a test's iterations under way.
#[derive(Default)]
struct Tapes {
    open: Mutex<HashMap<(u32, u32), Arc<Tape>>>,
    told_of_unused: AtomicBool,
}

/// What happens to an exchange.
pub(super) enum Found {
    /// It is live, and nothing is kept.
    Live,
    Recorded(Arc<Tape>, Exchange),
    /// It is live, and kept when it is over.
    New(Recording),
}

/// Looks up what the current iteration asks of `to`.
///
/// # Errors
/// There should be an answer and there is none. The iteration is errored.
pub(super) fn look_up(to: &str, body: &[u8]) -> Result<Found, CassetteError> {
    let mode = host::cassette_mode();
    if mode == CassetteMode::Off {
        return Ok(Found::Live);
    }
    let Some(it) = Iteration::current() else { return outside(mode, to) };
    let tape = host::slot_of::<Tapes>(&it).of(&it);
    let request = Kept::of(body);
    let found = if mode == CassetteMode::Record { Ok(None) } else { tape.find(to, &request) };
    let found = found.and_then(|found| match found {
        Some(exchange) => Ok(Found::Recorded(Arc::clone(&tape), exchange)),
        None if mode == CassetteMode::Replay => Err(tape.missed(to, &request)),
        None => Ok(Found::New(Recording::new(Arc::clone(&tape), to, request))),
    });
    found.inspect_err(|error| {
        host::cassette_event(CassetteEvent::Missed);
        host::cassette_failed(&error.to_string());
    })
}

fn outside(mode: CassetteMode, to: &str) -> Result<Found, CassetteError> {
    let error = CassetteError::Outside { to: to.to_owned() };
    if mode == CassetteMode::Record {
        host::warn("cassette_outside", &format!("{error}; it was not recorded"));
        return Ok(Found::Live);
    }
    host::warn("cassette_outside", &error.to_string());
    host::cassette_event(CassetteEvent::Missed);
    Err(error)
}

impl Tapes {
    fn of(&self, it: &Iteration) -> Arc<Tape> {
        let key = (it.index(), it.key().attempt);
        Arc::clone(self.open().entry(key).or_insert_with(|| Arc::new(Tape::of(it))))
    }

    fn take(&self, it: &Iteration) -> Option<Arc<Tape>> {
        self.open().remove(&(it.index(), it.key().attempt))
    }

    fn open(&self) -> MutexGuard<'_, HashMap<(u32, u32), Arc<Tape>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The iteration is over: writes what is new, and says what was not asked for.
pub fn end_iteration(it: &Iteration) {
    let mode = host::cassette_mode();
    let tapes = host::slot_of::<Tapes>(it);
    let tape = tapes.take(it).unwrap_or_else(|| Arc::new(Tape::of(it)));
    let written = if mode == CassetteMode::Replay { Ok(Written::All) } else { tape.write(mode) };
    let folder = &host::cassette_place(it).shown;
    match written {
        Ok(Written::All) => {}
        Ok(Written::Earlier) => host::warn("cassette_kept", &kept(folder)),
        Err(error) => {
            let message = format!("{folder} cannot be written: {error}; the test goes on, and is not recorded");
            host::warn("cassette_not_written", &message);
        }
    }
    let unused = tape.unused();
    if unused > 0 {
        host::cassette_event(CassetteEvent::Unused(unused as u64));
        if !tapes.told_of_unused.swap(true, Ordering::Relaxed) {
            let message = format!(
                "{}: {unused} of its exchanges were not asked for: the test has changed, or ended earlier than when it \
                 was recorded; AITEST_CASSETTES=record records it anew",
                tape.shown
            );
            host::warn("cassette_unused", &message);
        }
    }
}

fn kept(folder: &str) -> String {
    format!(
        "{folder}: an iteration asked nothing, so its earlier recording was kept; if it ended too early, for want of a \
         key say, record it again, and if it asks nothing any more, delete its file"
    )
}
